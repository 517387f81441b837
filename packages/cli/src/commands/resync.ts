/** `tapline resync`: the next run reads some tables whole again. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

export default class Resync extends Command {
  static override description =
    `Deletes the bookmarks of these tables, so that the next run reads them whole again. All other tables go on from theirs.

Name a job or a tap and its target, then tables: a stream such as public-orders, public.orders, or orders where only one schema has it. With LOG_BASED the next run takes a new snapshot of these tables alone; the replication slot stays. Rows that the target has are updated; those that the source no longer has are deleted as the stream's other deletes are. To do it at once: tapline run NAME --full-refresh STREAM`;
  static override examples = [
    "<%= config.bin %> resync shop public-orders",
    "<%= config.bin %> resync tap-postgres target-duckdb public.orders public.items",
    "<%= config.bin %> resync shop orders -e prod",
  ];
  static override args = {
    name: Args.string({ description: "A job of tapline.yml, or a tap.", required: true }),
    words: Args.string({ description: "After a tap: its target. Then one or more tables.", required: true }),
  };
  static override strict = false;
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Resync);
    await conclude(async () => {
      const { resync } = await import("../resync.ts");
      await resync(argv as string[], flags.environment);
      return exitCodes.done;
    });
  }
}
