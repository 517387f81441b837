/** `tapline backfill`: loads a past range of days again, in partitions. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";

export default class BackfillCommand extends Command {
  static override description = `Loads a past range of days, one run for each day or month, without moving the job's bookmark.

A killed or stopped back-fill goes on when the same command is given again: only what is not done runs. Streams need a tap that reads ranges, and a replication key that is a time or a date.

Exit codes: 0 all partitions are done; 1 some failed; 2 usage; 130 and 143 stopped.`;
  static override examples = [
    "<%= config.bin %> backfill shop --from 2026-01-01 --to 2026-04-01 --by month --dry-run",
    "<%= config.bin %> backfill shop --from 2026-01-01 --to 2026-04-01 --by day --parallel 2",
    "<%= config.bin %> backfill tap-postgres target-duckdb --from 2026-01-01 --to 2026-02-01 --by day --replace-range",
    "<%= config.bin %> backfill shop --from 2026-01-01 --to 2026-04-01 --by day --timezone Europe/Stockholm -e prod --json",
  ];
  static override args = {
    name: Args.string({ description: "A job of tapline.yml, or a tap.", required: true }),
    words: Args.string({ description: "After a tap: mappers, if any, and the target." }),
  };
  static override strict = false;
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml to run in." }),
    from: Flags.string({ required: true, description: "The first day, such as 2026-01-01." }),
    to: Flags.string({ required: true, description: "The day after the last one: it is not part of the range." }),
    by: Flags.option({ options: ["day", "month"] as const, required: true, description: "What one run loads." })(),
    timezone: Flags.string({
      default: "UTC",
      description: "Where the days begin at midnight. Times without a zone are compared as they are written.",
    }),
    parallel: Flags.integer({ min: 1, max: 64, default: 1, description: "How many partitions are loaded at once." }),
    "replace-range": Flags.boolean({
      exclusive: ["append"],
      description: "The rows of each partition replace those that the table has of it, in one commit.",
    }),
    append: Flags.boolean({ description: "Add the rows to tables that are appended to, also where they have them already." }),
    again: Flags.boolean({ description: "Load everything once more, although the same back-fill is done." }),
    "dry-run": Flags.boolean({ description: "Show what would be done, and do nothing." }),
    json: Flags.boolean({ description: "Print JSON lines instead of text." }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(BackfillCommand);
    await conclude(
      async () => {
        const { backfill } = await import("../../backfill.ts");
        const { environment, from, to, by, timezone, parallel, append, again, json } = flags;
        const mode = flags["replace-range"] ? "replace" : append ? "append" : undefined;
        const request = { words: argv as string[], environment, from, to, by, timezone, mode } as const;
        return backfill({ request, parallel, again, dryRun: flags["dry-run"], json });
      },
      { json: flags.json },
    );
  }
}
