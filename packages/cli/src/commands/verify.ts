/** `tapline verify`: whether tables in two databases hold the same rows, and which rows differ. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../outcome.ts";

export default class Verify extends Command {
  static override description =
    `Compares tables of two databases: rows on both sides, rows that only one has, rows that differ, and in which columns.

A place is NAME@PLUGIN: a table, a schema or a pattern of tables such as raw.*, in the database of a plugin of tapline.yml; NAME@PLUGIN:ENVIRONMENT in that of another environment. Without places, the comparisons under \`verify\` in tapline.yml are made, or those that are named. Each table is read at most twice, by its own database; only rows that may differ are fetched.

Exit codes: 0 equal; 1 different, or a table could not be compared; 2 usage.`;
  static override examples = [
    "<%= config.bin %> verify raw.orders@prod raw.orders@warehouse",
    "<%= config.bin %> verify raw.*@prod raw.*@warehouse --html report.html",
    "<%= config.bin %> verify raw.orders@prod raw.orders@warehouse --key id --exclude 'loaded_*' --values",
    "<%= config.bin %> verify raw.orders@prod raw.orders@warehouse --before updated_at=2026-11-30 --recheck 60",
    "<%= config.bin %> verify orders -e prod --json",
  ];
  static override args = {
    here: Args.string({ description: "A place, or the name of a comparison in tapline.yml." }),
    there: Args.string({ description: "The other place, or another name." }),
  };
  static override strict = false;
  static override flags = {
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    key: Flags.string({
      description: "Columns that identify a row, with commas between them; '' compares rows as a whole. Default: the primary key.",
    }),
    columns: Flags.string({ description: "Compare only these columns, with commas between them." }),
    exclude: Flags.string({ multiple: true, description: "A column not to compare; * stands for any characters. May be repeated." }),
    rename: Flags.string({ multiple: true, description: "HERE=THERE: a column with another name in the second table. May be repeated." }),
    as: Flags.string({ multiple: true, description: "COLUMN=KIND: compare the column as text, decimal, instant, … May be repeated." }),
    tolerance: Flags.string({ multiple: true, description: "COLUMN=NUMBER: how far two values may be apart. May be repeated." }),
    where: Flags.string({ description: "A condition in SQL, for both sides: compare only rows that meet it." }),
    before: Flags.string({ description: "COLUMN=VALUE: compare only rows with a smaller value, such as those before a moment." }),
    schema: Flags.option({
      options: ["columns", "strict", "off"] as const,
      description:
        "Which differences of the tables themselves count: columns that only one has (columns), also keys, kinds and NULLs (strict), none (off).",
    })(),
    recheck: Flags.integer({
      min: 0,
      description: "Read rows that differ again after so many seconds; only those that still differ count.",
    }),
    values: Flags.boolean({ description: "Show the values that differ. Keys are always shown." }),
    examples: Flags.integer({ min: 0, default: 20, description: "Show at most so many rows of each table." }),
    workers: Flags.integer({ min: 1, description: "Threads or processes of each database for one table. Default: its own choice." }),
    parallel: Flags.integer({ min: 1, default: 2, description: "Tables that are compared at a time." }),
    html: Flags.string({ description: "Also write the report to this file: one page that needs nothing else." }),
    json: Flags.boolean({ description: "Print JSON lines: one for each table, and last the whole report." }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Verify);
    await conclude(
      async () => {
        const { verifyTables } = await import("../verify-tables.ts");
        return verifyTables(argv as string[], flags);
      },
      { json: flags.json },
    );
  }
}
