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
    before: Flags.string({ description: "Only notices that were tried before this instant: the next page." }),
    json: Flags.boolean({ description: "Print one JSON object for each notice, one a line." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(NotifyList);
    await conclude(async () => {
      const [{ checkDate, environmentOf, listNotices, openProject }, { describeNotices, noticeFields }, { printOlder }] = await Promise.all(
        [import("@tapline/runner"), import("../../views/notices-text.ts"), import("../../older-page.ts")],
      );
      const project = openProject(process.cwd());
      const { limit, before } = flags;
      if (before !== undefined) checkDate("--before", before);
      // One more, to know whether there are any.
      const found = await listNotices(project, environmentOf(project, flags.environment), { limit: limit + 1, before });
      const notices = found.slice(0, limit);
      const lines = flags.json
        ? notices.map((each) => JSON.stringify(noticeFields(each)))
        : describeNotices(notices, columnsOf(process.stdout));
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      printOlder("tapline notify list", this.argv, found.length > limit ? notices.at(-1)?.lastAttemptAt : undefined);
      return exitCodes.done;
    });
  }
}
