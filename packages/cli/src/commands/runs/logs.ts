/** `tapline runs logs`: prints the log of a run. */
import { Args, Command } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";

export default class RunsLogs extends Command {
  static override description = "Prints the log of a run: every line that its plugins printed, without secrets.";
  static override examples = ["<%= config.bin %> runs logs", "<%= config.bin %> runs logs 20260131T101500Z-1a2b3c4d"];
  static override args = { run: Args.string({ description: "The id of the run, or its beginning. Default: the last run." }) };

  async run(): Promise<void> {
    const { args } = await this.parse(RunsLogs);
    await conclude(async () => {
      const [{ findProjectFolder, openHistory }, { findRun, readLog }] = await Promise.all([
        import("@tapline/runner"),
        import("../../find-run.ts"),
      ]);
      const folder = findProjectFolder(process.cwd());
      using history = openHistory(folder);
      // In pieces of some size: a write for each line takes long.
      const pieces: string[] = [];
      for (const piece of readLog(folder, findRun(history, args.run))) {
        pieces.push(piece);
        if (pieces.length === 1000) process.stdout.write(pieces.splice(0).join(""));
      }
      process.stdout.write(pieces.join(""));
      return exitCodes.done;
    });
  }
}
