/** `tapline migrate archive`: puts tables away as files with checksums. */
import { Args, Command, Flags } from "@oclif/core";
import { migrationFlags } from "../../migrate/flags.ts";
import { conclude } from "../../outcome.ts";

export default class MigrateArchive extends Command {
  static override description = `Puts tables away as Parquet files, with checksums.

All tables are read in one snapshot, the files are read back and compared with the source in that snapshot, and then FOLDER gets its name: a folder that is there is whole. SHA256SUMS in it is what sha256sum --check reads. inventory.json says what the source had beside rows: types, indexes, constraints, views.`;
  static override examples = [
    "<%= config.bin %> migrate archive postgres archive/sales-2026 --tables 'sales.*'",
    "<%= config.bin %> migrate archive postgres archive/legacy --tables 'legacy.*' --json",
  ];
  static override args = {
    source: Args.string({ description: "A tap of tapline.yml.", required: true }),
    folder: Args.string({ description: "A folder that does not exist yet.", required: true }),
  };
  static override flags = {
    tables: Flags.string({
      multiple: true,
      required: true,
      description: "Tables as schema.table, with * for any characters. May be repeated.",
    }),
    ...migrationFlags,
    quiet: Flags.boolean({ char: "q", description: "Print only the result, warnings and failures." }),
  };

  async run(): Promise<void> {
    await conclude(
      async () => {
        const { args, flags } = await this.parse(MigrateArchive);
        const { archive } = await import("../../migrate/archive.ts");
        return archive({ ...args, ...flags });
      },
      { json: this.argv.includes("--json") },
    );
  }
}
