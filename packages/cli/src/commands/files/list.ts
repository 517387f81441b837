/** `tapline files list`: files that wait, with why, and files that were put away. */
import { Args, Command, Flags } from "@oclif/core";
import {
  type ListedFile,
  listFiles,
  openProject,
  type Project,
  type PutAway,
  putAwayFiles,
  snakeKeys,
  tapsWithFiles,
} from "@tapline/runner";
import { checkTap, commonFlags } from "../../files.ts";
import { printOlder } from "../../older-page.ts";
import { conclude, exitCodes, printFailure } from "../../outcome.ts";
import { ownBinFolders } from "../../plugin-folders.ts";
import { catchSignals } from "../../signals.ts";
import { columnsOf, printLines } from "../../terminal.ts";
import { usage } from "../../usage.ts";
import { describeFiles } from "../../views/files-text.ts";

export default class FilesList extends Command {
  static override description =
    "Lists the files of taps that put files away: those that wait and why, those that a run loads now, and those that were loaded, failed, or put aside as copies.";
  static override examples = [
    "<%= config.bin %> files list",
    "<%= config.bin %> files list tap-csv --limit 100",
    "<%= config.bin %> files list --before archive/success/2026/11/29/orders.csv",
    "<%= config.bin %> files list --json",
  ];
  static override args = { tap: Args.string({ description: "The tap. Default: every tap that puts files away." }) };
  static override flags = {
    limit: Flags.integer({ min: 0, default: 20, description: "How many of the files that were put away, the newest first." }),
    before: Flags.string({
      description: "Only files that were put away before this one, which `limit` left out: its path in the archive, or its id.",
    }),
    ...commonFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(FilesList);
    await conclude(async () => {
      const { environment, limit, json } = flags;
      const project = openProject(process.cwd());
      const taps = args.tap === undefined ? tapsWithFiles(project, environment) : [checkTap(project, args.tap, environment)];
      const stop = catchSignals().asked;
      const before = flags.before === undefined ? undefined : await lastOf(project, taps, { environment, file: flags.before });
      const found: ListedFile[] = [];
      const lasts: (ListedFile | undefined)[] = [];
      for (const tap of before === undefined ? taps : [before.tap]) {
        // One more, to know whether there are any.
        const listed = await listFiles({
          project,
          tap,
          environment,
          before: before?.last,
          limit: limit + 1,
          stop,
          binFolders: ownBinFolders,
          onEvent: () => {},
        });
        if ("failure" in listed) {
          printFailure(listed.failure);
          return exitCodes.failed;
        }
        const past = listed.files.filter(({ id }) => id !== undefined);
        if (past.length > limit) lasts.push(past[limit - 1]);
        found.push(...(past.length > limit ? listed.files.slice(0, -1) : listed.files));
      }
      printLines(json ? found.map((file) => JSON.stringify(snakeKeys(file))) : describeFiles(found, columnsOf(process.stdout)));
      for (const last of lasts) printOlder("tapline files list", this.argv, last?.archivedAs ?? last?.id);
      return exitCodes.done;
    });
  }
}

/** The tap of the file, and the file. @throws files_unknown */
async function lastOf(
  project: Project,
  taps: readonly string[],
  { environment, file }: { environment: string | undefined; file: string },
): Promise<{ tap: string; last: PutAway }> {
  for (const tap of taps) {
    const [last] = await putAwayFiles({ project, tap, environment }, file);
    if (last !== undefined) return { tap, last };
  }
  throw usage.files_unknown({ tap: taps.join(", "), file });
}
