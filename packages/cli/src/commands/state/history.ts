/** `tapline state history`: lists the changes of a state. */
import { Args, Command, Flags } from "@oclif/core";
import { parseExact } from "@tapline/protocol";
import { layOut } from "@tapline/protocol/text";
import { describeState, isRunKind, type PastRun } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { openStoreOf } from "../../state-store.ts";
import { clean, columnsOf, printLines } from "../../terminal.ts";
import { withDetail } from "../../views/states-text.ts";

export default class StateHistory extends Command {
  static override description = "Lists how runs and people changed a state, newest first, with the state after each change.";
  static override examples = [
    "<%= config.bin %> state history dev:tap-csv-to-target-duckdb",
    "<%= config.bin %> state history dev:tap-csv-to-target-duckdb --limit 100 --json",
  ];
  static override args = { id: Args.string({ description: "The state's id, see: tapline state list", required: true }) };
  static override flags = {
    limit: Flags.integer({ description: "At most this many changes; 200 are kept.", default: 20, min: 1 }),
    json: Flags.boolean({ description: "Print one JSON object for each change, one a line." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateHistory);
    await conclude(async () => {
      await using store = await openStoreOf(args.id);
      const runs = await store.history(args.id, flags.limit);
      if (runs.length === 0 && !flags.json) printLines([`There is no history of ${args.id}. See: tapline state list`]);
      process.stdout.write((flags.json ? runs.map(asJson) : describe(runs)).map((line) => `${line}\n`).join(""));
      return exitCodes.done;
    });
  }
}

/** One line for each change, with the state after it below where a line would be too long. */
function describe(runs: readonly PastRun[]): string[] {
  const starts = layOut(
    runs.map(({ runId, kind, status, startedAt }) => [startedAt, runId, isRunKind(kind) ? `${nameOf(kind)} ${status}` : kind]),
  );
  return runs.flatMap((run, index) => withDetail(clean(starts[index] ?? ""), clean(stateText(run)), columnsOf(process.stdout)));
}

const nameOf = (kind: string): string => kind.replace("-", " ");

function stateText({ status, before, after }: PastRun): string {
  if (status === "running") return "under way, or did not end";
  if (after === null) return "no state";
  return after === before ? "as before" : describeState(after);
}

function asJson({ runId, stateId, kind, status, startedAt, endedAt, before, after }: PastRun): string {
  const exact = (text: string | null): unknown => (text === null ? null : parseExact(text));
  return JSON.stringify({
    run_id: runId,
    state_id: stateId,
    kind,
    status,
    started_at: startedAt,
    ended_at: endedAt,
    state_before: exact(before),
    state_after: exact(after),
  });
}
