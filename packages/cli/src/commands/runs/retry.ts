/** `tapline runs retry`: repeats the steps of a run that failed or were skipped. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude } from "../../outcome.ts";

export default class RunsRetry extends Command {
  static override description =
    "Repeats the steps of a run that did not succeed, with the same flags and from the last bookmark. Steps that succeeded are not repeated.";
  static override examples = ["<%= config.bin %> runs retry", "<%= config.bin %> runs retry 20260131T101500Z-1a2b3c4d"];
  static override args = { run: Args.string({ description: "The id of the run, or its beginning. Default: the last run." }) };
  static override flags = {
    json: Flags.boolean({ description: "Print JSON lines on stdout instead of text." }),
    quiet: Flags.boolean({ char: "q", description: "Print only warnings and failures." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsRetry);
    await conclude(
      async () => {
        const [{ findProjectFolder, openHistory }, { findRun, requestOfRetry }, { runRequest }] = await Promise.all([
          import("@tapline/runner"),
          import("../../find-run.ts"),
          import("../../run-request.ts"),
        ]);
        const request = (() => {
          using history = openHistory(findProjectFolder(process.cwd()));
          const run = findRun(history, args.run);
          return requestOfRetry(run, history.steps(run.runId));
        })();
        return runRequest({ ...flags, request });
      },
      { json: flags.json },
    );
  }
}
