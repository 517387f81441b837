/** `tapline upgrade`: another version of a plugin, by default the newest that tapline.yml allows. */
import { Args, Command, Flags } from "@oclif/core";
import { openProject, upgradePlugin } from "@tapline/runner";
import { installing, sayInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";

export default class Upgrade extends Command {
  static override description = `Installs the newest version of a plugin, or the one named by --to, and locks it.

Of a Python plugin the newest is the newest which its \`pip\` in tapline.yml allows; --to writes its version there. Of one from npm it is the one tagged latest. Runs that are under way go on with the old one.`;
  static override examples = ["<%= config.bin %> upgrade tap-github", "<%= config.bin %> upgrade tap-github --to 1.4.0"];
  static override args = { plugin: Args.string({ description: "The plugin.", required: true }) };
  static override flags = {
    to: Flags.string({ description: "This version, also an older one." }),
    quiet: Flags.boolean({ char: "q", description: "Don't show what npm, pip or uv say." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Upgrade);
    await conclude(async () => {
      const project = openProject(process.cwd());
      const upgraded = await upgradePlugin(project, { name: args.plugin, to: flags.to }, installing(flags.quiet));
      sayInstalled(upgraded.pinnedBy === undefined ? "upgraded" : "kept", upgraded);
      if (upgraded.pinnedBy !== undefined) {
        const advice = `another version comes with: tapline upgrade ${args.plugin} --to VERSION`;
        process.stderr.write(`tapline.yml pins it to ${upgraded.pinnedBy}, so only what it needs was renewed; ${advice}\n`);
      }
      return exitCodes.done;
    });
  }
}
