/** `tapline runs show`: shows one run with its steps and streams. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";
import { columnsOf } from "../../terminal.ts";

export default class RunsShow extends Command {
  static override description = "Shows a run: its steps, streams, bookmarks before and after, plugins and what went wrong.";
  static override examples = ["<%= config.bin %> runs show", "<%= config.bin %> runs show 20260131T101500Z-1a2b3c4d --json"];
  static override args = { run: Args.string({ description: "The id of the run, or its beginning. Default: the last run." }) };
  static override flags = { json: Flags.boolean({ description: "Print one JSON object." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsShow);
    await conclude(async () => {
      const [{ findProjectFolder, openHistory }, { findRun }, { describeRunRecord, runFields }] = await Promise.all([
        import("@tapline/runner"),
        import("../../find-run.ts"),
        import("../../views/history-text.ts"),
      ]);
      using history = openHistory(findProjectFolder(process.cwd()));
      const run = findRun(history, args.run);
      const steps = history.steps(run.runId);
      const lines = flags.json
        ? [JSON.stringify({ ...runFields(run), steps: steps.map(runFields) })]
        : describeRunRecord(run, steps, columnsOf(process.stdout));
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      return exitCodes.done;
    });
  }
}
