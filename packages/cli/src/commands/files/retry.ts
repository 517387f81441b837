/** `tapline files retry`: brings files back that could not be loaded. */
import { Command, Flags } from "@oclif/core";
import { bringBack, chosenArgs, commonFlags } from "../../files.ts";
import { conclude } from "../../outcome.ts";

export default class FilesRetry extends Command {
  static override description =
    "Brings files that could not be loaded back to where they were, so that the next run tries them again. It goes on after the last row that was committed, unless the file changed before that row.";
  static override examples = ["<%= config.bin %> files retry tap-csv inbox/orders.csv", "<%= config.bin %> files retry tap-csv --all"];
  static override strict = false;
  static override args = chosenArgs;
  static override flags = { all: Flags.boolean({ description: "All files that could not be loaded." }), ...commonFlags };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(FilesRetry);
    await conclude(() => bringBack(argv as string[], flags, "failure"));
  }
}
