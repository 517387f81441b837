/** `tapline files list`: files that wait, with why, and files that were put away. */
import { Args, Command, Flags } from "@oclif/core";
import { type ListedFile, listFiles, openProject, snakeKeys, tapsWithFiles } from "@tapline/runner";
import { checkTap, commonFlags } from "../../files.ts";
import { conclude, exitCodes, printFailure } from "../../outcome.ts";
import { ownBinFolders } from "../../plugin-folders.ts";
import { catchSignals } from "../../signals.ts";
import { columnsOf, printLines } from "../../terminal.ts";
import { describeFiles } from "../../views/files-text.ts";

export default class FilesList extends Command {
  static override description =
    "Lists the files of taps that put files away: those that wait and why, those that a run loads now, and those that were loaded, failed, or put aside as copies.";
  static override examples = [
    "<%= config.bin %> files list",
    "<%= config.bin %> files list tap-csv --limit 100",
    "<%= config.bin %> files list --json",
  ];
  static override args = { tap: Args.string({ description: "The tap. Default: every tap that puts files away." }) };
  static override flags = {
    limit: Flags.integer({ min: 0, default: 20, description: "How many of the files that were put away, the newest first." }),
    ...commonFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(FilesList);
    await conclude(async () => {
      const { environment, limit, json } = flags;
      const project = openProject(process.cwd());
      const taps = args.tap === undefined ? tapsWithFiles(project, environment) : [checkTap(project, args.tap, environment)];
      const stop = catchSignals().asked;
      const found: ListedFile[] = [];
      for (const tap of taps) {
        const listed = await listFiles({ project, tap, environment, limit, stop, binFolders: ownBinFolders, onEvent: () => {} });
        if ("failure" in listed) {
          printFailure(listed.failure);
          return exitCodes.failed;
        }
        found.push(...listed.files);
      }
      printLines(json ? found.map((file) => JSON.stringify(snakeKeys(file))) : describeFiles(found, columnsOf(process.stdout)));
      return exitCodes.done;
    });
  }
}
