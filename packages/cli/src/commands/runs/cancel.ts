/** `tapline runs cancel`: stops a run from another terminal. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";
import { printLines } from "../../terminal.ts";
import { usage } from "../../usage.ts";

export default class RunsCancel extends Command {
  static override description = `Stops a run of this machine as Ctrl-C in its terminal does, and waits until it has ended.

What was committed stays, and the bookmark is kept: the next run continues from there. While the run stops, the same command again kills its plugins.`;
  static override examples = ["<%= config.bin %> runs cancel 20260131T101500Z-1a2b3c4d"];
  static override args = { run: Args.string({ description: "The id of the run, or its beginning.", required: true }) };
  static override flags = { json: Flags.boolean({ description: "Print the end of the run as one JSON object." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RunsCancel);
    await conclude(
      async () => {
        const [{ cancelRun, describeSeconds, describeStatus, eventLine, findProjectFolder, openHistory }, { findRun }] = await Promise.all([
          import("@tapline/runner"),
          import("../../find-run.ts"),
        ]);
        const folder = findProjectFolder(process.cwd());
        const run = (() => {
          using history = openHistory(folder);
          return findRun(history, args.run);
        })();
        const { runId, status } = run;
        if (status !== "running" && status !== "crashed") throw usage.run_has_ended({ runId, status });
        const end = await cancelRun(folder, run);
        if (flags.json) process.stdout.write(eventLine({ time: new Date(), step: null, event: end }));
        else if (end.status === "stopped")
          printLines([`Run ${runId} is stopped, after ${describeSeconds(end.seconds)}. To go on: tapline runs retry ${runId}`]);
        else printLines([`Run ${runId} had ended before it could be stopped: ${describeStatus(end.status)}`]);
        return exitCodes.done;
      },
      { json: flags.json },
    );
  }
}
