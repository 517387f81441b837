/** `tapline files restore`: brings files back from the archive. */
import { Command, Flags } from "@oclif/core";
import { bringBack, chosenArgs, commonFlags } from "../../files.ts";
import { conclude } from "../../outcome.ts";

export default class FilesRestore extends Command {
  static override description =
    "Brings files back from the archive to where they were, so that the next run loads them again: into a table that is appended to, a second time.";
  static override examples = ["<%= config.bin %> files restore tap-csv inbox/orders.csv", "<%= config.bin %> files restore tap-csv --all"];
  static override strict = false;
  static override args = chosenArgs;
  static override flags = {
    all: Flags.boolean({ description: "All files in the archive; of several that had one path, the newest." }),
    ...commonFlags,
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(FilesRestore);
    await conclude(() => bringBack(argv as string[], flags));
  }
}
