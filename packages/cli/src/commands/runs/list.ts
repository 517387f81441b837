/** `tapline runs list`: what ran, newest first. */
import { Command, Flags } from "@oclif/core";
import { runStatuses } from "@tapline/protocol";
import { conclude, exitCodes } from "../../outcome.ts";
import { columnsOf } from "../../terminal.ts";

export default class RunsList extends Command {
  static override description = "Lists the runs of this project, newest first.";
  static override examples = [
    "<%= config.bin %> runs list",
    "<%= config.bin %> runs list --status failed --limit 5",
    "<%= config.bin %> runs list --tag team=sales --json",
  ];
  static override flags = {
    job: Flags.string({ description: 'Only runs of this job, or of this step: "tap-csv target-duckdb".' }),
    status: Flags.option({
      options: runStatuses,
      description: "Only runs with this status.",
    })(),
    tag: Flags.string({ multiple: true, multipleNonGreedy: true, description: "KEY=VALUE: only runs with this tag." }),
    limit: Flags.integer({ min: 1, default: 20, description: "At most this many runs." }),
    json: Flags.boolean({ description: "Print one JSON object for each run, one a line." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(RunsList);
    await conclude(async () => {
      const [{ findProjectFolder, openHistory }, { tagsFrom }, { describeRuns, runFields }] = await Promise.all([
        import("@tapline/runner"),
        import("../../job-request.ts"),
        import("../../views/history-text.ts"),
      ]);
      using history = openHistory(findProjectFolder(process.cwd()));
      const { limit, job: name, status, tag } = flags;
      const runs = history.runs({ limit, name, status, tags: tagsFrom(tag) });
      const lines = flags.json ? runs.map((run) => JSON.stringify(runFields(run))) : describeRuns(runs, columnsOf(process.stdout));
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      return exitCodes.done;
    });
  }
}
