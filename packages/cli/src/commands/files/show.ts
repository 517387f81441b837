/** `tapline files show`: all that is known of a file that was put away. */
import { Args, Command } from "@oclif/core";
import { openProject, putAwayFiles, snakeKeys } from "@tapline/runner";
import { checkTap, chosenArgs, commonFlags } from "../../files.ts";
import { conclude, exitCodes } from "../../outcome.ts";
import { printLines } from "../../terminal.ts";
import { usage } from "../../usage.ts";
import { describeFile } from "../../views/files-text.ts";

export default class FilesShow extends Command {
  static override description =
    "Shows a file that was put away: where it is, its checksum, the rows that were read, loaded and rejected, its run, and why it failed.";
  static override examples = [
    "<%= config.bin %> files show tap-csv inbox/orders.csv",
    "<%= config.bin %> files show tap-csv archive/success/2026/11/29/orders.csv --json",
  ];
  static override args = {
    tap: chosenArgs.tap,
    file: Args.string({ description: "A path before or after the move, or an id.", required: true }),
  };
  static override flags = commonFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(FilesShow);
    await conclude(async () => {
      const { environment, json } = flags;
      const project = openProject(process.cwd());
      const [tap, file] = [checkTap(project, args.tap, environment), args.file];
      const found = await putAwayFiles({ project, tap, environment }, file);
      if (found.length === 0) throw usage.files_unknown({ tap, file });
      printLines(json ? found.map((each) => JSON.stringify(snakeKeys(each))) : found.flatMap(describeFile));
      return exitCodes.done;
    });
  }
}
