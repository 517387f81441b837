/** `tapline runs list`: what ran, newest first. */
import { Command, Flags } from "@oclif/core";
import { runStatuses } from "@tapline/protocol";
import { triggerKinds } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { columnsOf } from "../../terminal.ts";

export default class RunsList extends Command {
  static override description = "Lists the runs of this project, newest first.";
  static override examples = [
    "<%= config.bin %> runs list",
    "<%= config.bin %> runs list --status failed --limit 5",
    "<%= config.bin %> runs list --environment prod --since 2026-01-01 --before 20260131T101500Z-1a2b3c4d",
    "<%= config.bin %> runs list --tag team=sales --json",
  ];
  static override flags = {
    job: Flags.string({ description: 'Only runs of this job, or of this step: "tap-csv target-duckdb".' }),
    status: Flags.option({
      options: runStatuses,
      description: "Only runs with this status.",
    })(),
    environment: Flags.string({ char: "e", description: "Only runs in this environment." }),
    trigger: Flags.option({ options: triggerKinds, description: "Only runs that started so." })(),
    since: Flags.string({ description: "Only runs that started on this day or at this instant, or later." }),
    tag: Flags.string({ multiple: true, multipleNonGreedy: true, description: "KEY=VALUE: only runs with this tag." }),
    before: Flags.string({ description: "Only runs below this one in the list: the last run of the page before." }),
    limit: Flags.integer({ min: 1, default: 20, description: "At most this many runs." }),
    json: Flags.boolean({ description: "Print one JSON object for each run, one a line." }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(RunsList);
    await conclude(async () => {
      const [{ checkDate, findProjectFolder, openHistory, runLike }, { tagsFrom }, { describeRuns, runFields }, { printOlder }] =
        await Promise.all([
          import("@tapline/runner"),
          import("../../job-request.ts"),
          import("../../views/history-text.ts"),
          import("../../older-page.ts"),
        ]);
      using history = openHistory(findProjectFolder(process.cwd()));
      const { limit, job: name, status, environment, trigger, since, tag } = flags;
      if (since !== undefined) checkDate("--since", since);
      const before = flags.before === undefined ? undefined : (runLike(history, flags.before)?.runId ?? flags.before);
      // One more, to know whether there are any.
      const found = history.runs({ limit: limit + 1, before, name, status, environment, trigger, since, tags: tagsFrom(tag) });
      const runs = found.slice(0, limit);
      const lines = flags.json ? runs.map((run) => JSON.stringify(runFields(run))) : describeRuns(runs, columnsOf(process.stdout));
      process.stdout.write(lines.map((line) => `${line}\n`).join(""));
      printOlder("tapline runs list", this.argv, found.length > limit ? runs.at(-1)?.runId : undefined);
      return exitCodes.done;
    });
  }
}
