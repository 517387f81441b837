/** `tapline query`: shows the rows of a query in the database of a target. */
import { text } from "node:stream/consumers";
import { Args, Command } from "@oclif/core";
import { conclude } from "../outcome.ts";
import { rowFlags, showRows } from "../rows/show-rows.ts";
import { usage } from "../usage.ts";

/** As many rows as a person may want to look through. */
const shownAtTerminal = 100;

export default class Query extends Command {
  static override description = `Shows the rows of a query in the database of a target.

The query is one statement that reads, in the SQL of the database. It can't change a table. Functions of a superuser may act outside of tables, so use a role without superuser rights. A terminal shows 100 rows unless --limit or --all is set. Ctrl-C cancels the query. With a database as --target, no project is needed.`;
  static override examples = [
    '<%= config.bin %> query "select status, count(*) from orders group by status"',
    '<%= config.bin %> query "select * from orders" --format csv > orders.csv',
    "<%= config.bin %> query - --target target-postgres < report.sql",
    '<%= config.bin %> query "select count(*) from sales" --target duckdb:shop.duckdb',
  ];
  static override args = { sql: Args.string({ description: "The statement, in quotes; - reads it from stdin.", required: true }) };
  static override strict = false;
  static override flags = rowFlags;

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(Query);
    await conclude(async () => {
      // A shell splits a statement without quotes, and replaces * by names of files.
      if (argv.length > 1) throw usage.query_in_words({ words: argv.length });
      const sql = args.sql === "-" ? await text(process.stdin) : args.sql;
      return showRows({ sql }, flags, process.stdout.isTTY ? shownAtTerminal : undefined);
    });
  }
}
