/** `tapline import meltano`: makes a project of tapline of the Meltano project in this folder. */
import { Command, Flags } from "@oclif/core";
import { importMeltano, snakeKeys } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { ownBinFolders } from "../../plugin-folders.ts";
import { printLines } from "../../terminal.ts";
import { describeImport } from "../../views/import-text.ts";

export default class ImportMeltano extends Command {
  static override description =
    `Makes a tapline.yml of the meltano.yml in this folder, takes over the states, and lists line by line what has no counterpart.

A Meltano project also runs as it is, without an import. Nothing of Meltano's is changed, so both can be used. A plugin of npm takes the place of a Python one only where --npm names it.`;
  static override examples = [
    "<%= config.bin %> import meltano --dry-run",
    "<%= config.bin %> import meltano",
    "<%= config.bin %> import meltano --npm target-postgres --npm meltano-map-transformer",
    "<%= config.bin %> import meltano --npm all",
  ];
  static override flags = {
    "dry-run": Flags.boolean({ description: "Print tapline.yml and the report, and write nothing." }),
    npm: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: "A plugin that one of npm takes the place of, or all: every plugin whose settings the one of npm has.",
    }),
    json: Flags.boolean({ description: "Print the report as JSON." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ImportMeltano);
    await conclude(async () => {
      const imported = await importMeltano({
        folder: process.cwd(),
        processEnv: process.env,
        binFolders: ownBinFolders,
        npm: flags.npm ?? [],
        isDry: flags["dry-run"],
      });
      const { text, ...report } = imported;
      if (flags.json) printLines([JSON.stringify(snakeKeys(flags["dry-run"] ? imported : report))]);
      else {
        if (flags["dry-run"]) process.stdout.write(`${text}\n`);
        printLines(
          describeImport(imported, { folder: process.cwd(), isDry: flags["dry-run"] }),
          flags["dry-run"] ? process.stderr : process.stdout,
        );
      }
      return exitCodes.done;
    });
  }
}
