/** `tapline add`: installs a plugin and names it in tapline.yml. */
import { Args, Command, Flags } from "@oclif/core";
import { addPlugin, openProject } from "@tapline/runner";
import { installing, sayInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";

export default class Add extends Command {
  static override description =
    `Installs a plugin for this project and adds it to tapline.yml: from npm, from a Python index, or from files.

An npm package is a plugin when its package.json says so; its name can be left short: tap-csv is @tapline/tap-csv, else tap-csv. Python plugins get an environment each in .tapline, and their exact versions in tapline.lock.json.`;
  static override examples = [
    "<%= config.bin %> add tap-csv",
    "<%= config.bin %> add @acme/tap-shop@2.1.0",
    "<%= config.bin %> add --pip meltanolabs-tap-github",
    "<%= config.bin %> add tap-github --pip git+https://github.com/MeltanoLabs/tap-github.git@v1.2.0",
    "<%= config.bin %> add --from ./my-tap",
    "<%= config.bin %> add --from ./tap-github.yml",
  ];
  static override args = {
    plugin: Args.string({ description: "An npm package; with --pip or --from the plugin's name, if it needs one." }),
  };
  static override flags = {
    pip: Flags.string({ description: "Python packages to install it from, with spaces between; a URL or path is fine too." }),
    from: Flags.string({
      description:
        "A folder or file to install it from: of npm (package.json, .tgz), of Python (pyproject.toml, .whl), or a definition (.yml).",
      exclusive: ["pip"],
    }),
    python: Flags.string({ description: "The Python to make its environment with, such as python3.11." }),
    quiet: Flags.boolean({ char: "q", description: "Don't show what npm, pip or uv say." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Add);
    if (args.plugin === undefined && flags.pip === undefined && flags.from === undefined)
      this.error("Name a plugin.", { exit: exitCodes.usage });
    await conclude(async () => {
      const options = { name: args.plugin, pip: flags.pip, from: flags.from, python: flags.python };
      const added = await addPlugin(openProject(process.cwd()), options, process.cwd(), installing(flags.quiet));
      sayInstalled("added", added);
      process.stdout.write(`\nIts settings: tapline about ${added.name}\n`);
      return exitCodes.done;
    });
  }
}
