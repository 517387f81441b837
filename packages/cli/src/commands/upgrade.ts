/** `tapline upgrade`: the newest version of a plugin that tapline.yml allows. */
import { Args, Command, Flags } from "@oclif/core";
import { openProject, upgradePlugin } from "@tapline/runner";
import { installing, sayInstalled } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";

export default class Upgrade extends Command {
  static override description = `Installs the newest version of a plugin and locks it.

Of a Python plugin that is the newest which its \`pip\` in tapline.yml allows; of one from npm the one tagged latest. Runs that are under way go on with the old one.`;
  static override examples = ["<%= config.bin %> upgrade tap-github"];
  static override args = { plugin: Args.string({ description: "The plugin.", required: true }) };
  static override flags = { quiet: Flags.boolean({ char: "q", description: "Don't show what npm, pip or uv say." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Upgrade);
    await conclude(async () => {
      sayInstalled("upgraded", await upgradePlugin(openProject(process.cwd()), args.plugin, installing(flags.quiet)));
      return exitCodes.done;
    });
  }
}
