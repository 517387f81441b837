/** `tapline migrate`: moves tables from one database to another, proves that they are equal, and begins a hybrid period. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";

export default class Migrate extends Command {
  static override description = `Moves tables from one database to another: plan, export as Parquet, import, verify.

SOURCE is a tap of tapline.yml and TARGET a target; postgres also stands for tap-postgres, snowflake for target-snowflake. Afterwards a hybrid period begins: the old side stays the truth, and tapline migrate sync keeps the new one level. tapline migrate back ends it.

The export is read in one snapshot and compared with the source in that snapshot. A command that was killed goes on when it is given again: an export begins anew, because its snapshot is gone; an import goes on from the files.

Exit codes: 0 the new side is verified; 1 it failed, or the sides differ; 2 usage; 130 and 143 stopped.`;
  static override examples = [
    "<%= config.bin %> migrate postgres snowflake --tables 'sales.*' --dry-run",
    "<%= config.bin %> migrate postgres snowflake --tables 'sales.*' --html report.html",
    "<%= config.bin %> migrate postgres target-duckdb --tables sales.orders --tables sales.order_lines -e dev",
  ];
  static override args = {
    source: Args.string({ description: "The old side: a tap of tapline.yml.", required: true }),
    target: Args.string({ description: "The new side: a target of tapline.yml.", required: true }),
  };
  static override flags = {
    tables: Flags.string({
      multiple: true,
      required: true,
      description: "Tables as schema.table, with * for any characters. May be repeated.",
    }),
    environment: Flags.string({ char: "e", description: "The environment of tapline.yml." }),
    "dry-run": Flags.boolean({ description: "Show the plan, and do nothing." }),
    restart: Flags.boolean({ description: "Begin with a new export, whatever was done." }),
    folder: Flags.string({ description: "Where the exported files go. Default: .tapline/migrations." }),
    html: Flags.string({ description: "Also write the report to this file." }),
    json: Flags.boolean({ description: "Print JSON lines instead of text." }),
    quiet: Flags.boolean({ char: "q", description: "Print only the report, warnings and failures." }),
  };

  async run(): Promise<void> {
    await conclude(
      async () => {
        const { args, flags } = await this.parse(Migrate);
        const { migrate } = await import("../../migrate/migrate.ts");
        return migrate({ ...args, ...flags, dryRun: flags["dry-run"] });
      },
      { json: this.argv.includes("--json") },
    );
  }
}
