/** `tapline add`: installs a plugin and adds it to tapline.yml. */
import { Args, Command, Flags } from "@oclif/core";
import { addPlugin, openProject } from "@tapline/runner";
import { installing, printInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";
import { ownBinFolders } from "../plugin-folders.ts";

export default class Add extends Command {
  static override description =
    `Installs a plugin for this project and adds it to tapline.yml: from npm, from a Python index, or from files.

A plugin that is installed here already is not fetched again. An npm package is a plugin if its package.json has the field tapline.plugin. The scope may be left out: tap-csv means @tapline/tap-csv, or else tap-csv. Each Python plugin gets its own environment in .tapline, and its exact versions are written to tapline.lock.json.`;
  static override examples = [
    "<%= config.bin %> add tap-csv",
    "<%= config.bin %> add tap-csv --as tap-shop",
    "<%= config.bin %> add @acme/tap-shop@2.1.0",
    "<%= config.bin %> add --pip meltanolabs-tap-github",
    "<%= config.bin %> add tap-github --pip git+https://github.com/MeltanoLabs/tap-github.git@v1.2.0",
    "<%= config.bin %> add --from ./my-tap",
    "<%= config.bin %> add --from ./tap-github.yml",
  ];
  static override args = {
    plugin: Args.string({ description: "An npm package. With --pip or --from: the plugin's name, if it can't be found out." }),
  };
  static override flags = {
    as: Flags.string({
      description:
        "The name of its entry in tapline.yml, to use a plugin more than once. It inherits the settings of the plugin's own entry.",
    }),
    pip: Flags.string({ description: "Python packages to install it from, separated by spaces; also URLs and paths." }),
    from: Flags.string({
      description: "A folder or file to install it from: npm (package.json, .tgz), Python (pyproject.toml, .whl), or a definition (.yml).",
      exclusive: ["pip"],
    }),
    python: Flags.string({ description: "The Python to create its environment with, such as python3.11." }),
    quiet: Flags.boolean({ char: "q", description: "Don't show the output of npm, pip or uv." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Add);
    if (args.plugin === undefined && flags.pip === undefined && flags.from === undefined)
      this.error("Name a plugin.", { exit: exitCodes.usage });
    await conclude(async () => {
      const options = { name: args.plugin, ...flags, binFolders: ownBinFolders };
      const added = await addPlugin(openProject(process.cwd()), options, process.cwd(), installing(flags.quiet));
      printInstalled("added", added);
      process.stdout.write(`\nIts settings: tapline about ${added.name}\n`);
      return exitCodes.done;
    });
  }
}
