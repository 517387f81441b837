/** `tapline upgrade`: installs another version of a plugin, by default the newest that tapline.yml allows. */
import { Args, Command, Flags } from "@oclif/core";
import { openProject, upgradePlugin } from "@tapline/runner";
import { installing, printInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";

export default class Upgrade extends Command {
  static override description = `Installs the newest version of a plugin, or the one named by --to, and locks it.

For a Python plugin, the newest version is the newest that its \`pip\` in tapline.yml allows; --to writes the version there. For a plugin from npm, it is the version tagged latest. Running runs keep the old version.`;
  static override examples = ["<%= config.bin %> upgrade tap-github", "<%= config.bin %> upgrade tap-github --to 1.4.0"];
  static override args = { plugin: Args.string({ description: "The plugin.", required: true }) };
  static override flags = {
    to: Flags.string({ description: "Install this version; it may be older." }),
    quiet: Flags.boolean({ char: "q", description: "Don't show the output of npm, pip or uv." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Upgrade);
    await conclude(async () => {
      const project = openProject(process.cwd());
      const upgraded = await upgradePlugin(project, { name: args.plugin, to: flags.to }, installing(flags.quiet));
      printInstalled(upgraded.pinnedBy === undefined ? "upgraded" : "kept", upgraded);
      if (upgraded.pinnedBy !== undefined) {
        const advice = `to install another version: tapline upgrade ${args.plugin} --to VERSION`;
        process.stderr.write(`tapline.yml pins it to ${upgraded.pinnedBy}, so only its dependencies were upgraded; ${advice}\n`);
      }
      return exitCodes.done;
    });
  }
}
