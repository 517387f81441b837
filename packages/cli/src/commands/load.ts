/** `tapline load`: loads files into a database in one line, without a project. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../outcome.ts";

export default class Load extends Command {
  static override description = `Loads files into a database without a project.

SOURCE is a CSV or Excel file, a folder of such files, or several of these. TARGET is duckdb:FILE, postgres://USER@HOST/DATABASE, or what another installed target opens. Files with the same columns become one table; otherwise each file gets its own.

No project is needed and none is changed. The bookmark is kept in the database, together with the rows: the same file again adds nothing, and a file that grew adds its new rows. With --keys, a changed file updates its rows.

Write a password as '$NAME' in single quotes, so that it is not in the list of processes; the variable is read from the environment or .env.`;
  static override examples = [
    "<%= config.bin %> load sales.csv duckdb:shop.duckdb",
    "<%= config.bin %> load sales.csv duckdb:shop.duckdb --keys id",
    "<%= config.bin %> load exports/ 'postgres://me:$PGPASSWORD@localhost/shop'",
    "<%= config.bin %> load jan.xlsx feb.xlsx duckdb:shop.duckdb --stream orders --replace",
  ];
  static override args = {
    source: Args.string({ description: "Files or folders, or a URL that an installed tap opens.", required: true }),
    target: Args.string({ description: "The database, as the last word.", required: true }),
  };
  static override strict = false;
  static override usage = "load SOURCE… TARGET [--keys COLUMN,…] [--stream NAME] [--append | --replace]";
  static override flags = {
    keys: Flags.string({ description: "The columns that identify a row, separated by commas. Rows with the same key are replaced." }),
    stream: Flags.string({ description: "Load all files into one table of this name." }),
    append: Flags.boolean({ description: "Read these files again and add all their rows to the table.", exclusive: ["replace"] }),
    replace: Flags.boolean({ description: "Read everything again and replace the table by it." }),
    keep: Flags.boolean({ description: "Go on although settings, such as the keys, changed since the files were read." }),
    tap: Flags.string({ description: "The tap to read with, if several open the source." }),
    target: Flags.string({ description: "The target to write with, if several open the database." }),
    json: Flags.boolean({ description: "Print JSON lines on stdout instead of text." }),
    quiet: Flags.boolean({ char: "q", description: "Print only warnings and failures." }),
  };

  async run(): Promise<void> {
    await conclude(
      async () => {
        const { argv, flags } = await this.parse(Load);
        const { loadSources } = await import("../load-sources.ts");
        return loadSources({ ...flags, sources: argv.slice(0, -1) as string[], address: argv.at(-1) as string });
      },
      { json: this.argv.includes("--json") },
    );
  }
}
