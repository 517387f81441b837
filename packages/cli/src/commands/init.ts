/** `tapline init`: creates a first project that runs without a change. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../outcome.ts";

export default class Init extends Command {
  static override description = `Creates a project in this folder: tapline.yml, .gitignore, and .env for a password.

At a terminal it asks what to load and into which database. It looks at the files, proposes streams, keys and types, and writes nothing before you agree. With --from, or without a terminal, it asks nothing. Without a source, it writes a small CSV file to try it with. It never overwrites a tapline.yml.`;
  static override examples = [
    "<%= config.bin %> init",
    "<%= config.bin %> init --from sales.csv",
    "<%= config.bin %> init --from exports/ --to 'postgres://me@localhost/shop' --keys orders=id --yes",
    "<%= config.bin %> init --sample --name shop",
  ];
  static override flags = {
    from: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: "A CSV or Excel file, or a folder of them; may be repeated.",
    }),
    to: Flags.string({
      description: "The database: duckdb:FILE, postgres://USER@HOST/DATABASE, … Default: a DuckDB file in output/.",
      dependsOn: ["from"],
    }),
    keys: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description:
        "The columns that identify a row: COLUMN,… or STREAM=COLUMN,… Default: a column such as id whose first values are all different.",
      dependsOn: ["from"],
    }),
    sample: Flags.boolean({ description: "Write a small sample, and ask nothing.", exclusive: ["from"] }),
    name: Flags.string({
      description: "The name of the first job and of its database. Default: the first stream; of the sample: items.",
      parse: async (name) => {
        if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) throw new Error("Use letters, digits, dashes and underscores.");
        return name;
      },
    }),
    yes: Flags.boolean({ char: "y", description: "Accept what is proposed, and ask nothing." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Init);
    await conclude(async () => {
      if (existsSync(join(process.cwd(), "tapline.yml"))) {
        process.stderr.write("There is already a tapline.yml here, so nothing was changed. Edit it, or use an empty folder.\n");
        return exitCodes.usage;
      }
      const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
      const isAsking = isTerminal && !flags.yes && !flags.sample;
      if (flags.from === undefined && !isAsking) {
        const { writeSample } = await import("../starter.ts");
        return writeSample(process.cwd(), flags.name ?? "items");
      }
      const { makeProject } = await import("../make-project.ts");
      return makeProject({ ...flags, folder: process.cwd(), isAsking });
    });
  }
}
