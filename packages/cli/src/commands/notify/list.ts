/** `tapline notify list`: what people were told, and what did not arrive. */
import { Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";
import { columnsOf } from "../../terminal.ts";

export default class NotifyList extends Command {
  static override description =
    "Lists what people were told, newest first. refused: it did not arrive. unsure: nobody knows whether it arrived, so it is not sent again.";
  static override examples = ["<%= config.bin %> notify list", "<%= config.bin %> notify list --limit 100 --json"];
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment whose store is asked (default: as for run)." }),
    limit: Flags.integer({ min: 1, default: 20, description: "At most this many notices." }),
    json: Flags.boolean({ description: "Print one JSON object for each notice, one a line." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(NotifyList);
    await conclude(async () => {
      const [{ environmentOf, listNotices, openProject }, { describeNotices, noticeFields }] = await Promise.all([
        import("@tapline/runner"),
        import("../../views/notices-text.ts"),
      ]);
      const project = openProject(process.cwd());
      const notices = await listNotices(project, environmentOf(project, flags.environment), flags.limit);
      const lines = flags.json
        ? notices.map((each) => JSON.stringify(noticeFields(each)))
        : describeNotices(notices, columnsOf(process.stdout));
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      return exitCodes.done;
    });
  }
}
