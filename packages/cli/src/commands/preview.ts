/** `tapline preview`: shows some rows of a stream as they are in a target. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../outcome.ts";
import { rowFlags, showRows } from "../rows/show-rows.ts";

const shown = 10;

export default class Preview extends Command {
  static override description = `Shows some rows of a stream as they are in the database of a target.

They are any ${shown} rows of the stream's table, unless --limit or --all is set. The name of a table or view of the schema can be given too. With a database as --target, no project is needed.`;
  static override examples = [
    "<%= config.bin %> preview orders",
    "<%= config.bin %> preview orders --target target-postgres --limit 50",
    "<%= config.bin %> preview sales --target duckdb:shop.duckdb",
    "<%= config.bin %> preview orders --all --format json > orders.jsonl",
  ];
  static override args = { stream: Args.string({ description: "The stream, as the tap names it.", required: true }) };
  static override flags = {
    ...rowFlags,
    metadata: Flags.boolean({ description: "Show the columns whose names start with _sdc_ too." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Preview);
    await conclude(() => showRows({ stream: args.stream, ...(flags.metadata && { metadata: true }) }, flags, shown));
  }
}
