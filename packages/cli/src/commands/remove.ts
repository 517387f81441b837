/** `tapline remove`: removes a plugin from the project. */
import { Args, Command, Flags } from "@oclif/core";
import { openProject, removePlugin } from "@tapline/runner";
import { installing } from "../installing.ts";
import { conclude, exitCodes } from "../outcome.ts";
import { clean } from "../terminal.ts";

export default class Remove extends Command {
  static override description =
    "Removes a plugin from tapline.yml, and uninstalls what tapline installed for it alone. Its bookmarks and its history stay.";
  static override examples = ["<%= config.bin %> remove tap-csv"];
  static override args = { plugin: Args.string({ description: "The plugin.", required: true }) };
  static override flags = { quiet: Flags.boolean({ char: "q", description: "Don't show the output of npm." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Remove);
    await conclude(async () => {
      const kept = await removePlugin(openProject(process.cwd()), args.plugin, installing(flags.quiet));
      process.stdout.write(`removed  ${args.plugin}\n`);
      if (kept !== undefined) process.stdout.write(`kept     ${clean(kept.what)}: ${clean(kept.why)}\n`);
      return exitCodes.done;
    });
  }
}
