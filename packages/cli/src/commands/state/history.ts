/** `tapline state history`: lists the changes of a state. */
import { Args, Command, Flags } from "@oclif/core";
import { parseExact } from "@tapline/protocol";
import { describeState, type PastRun } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { openStoreOf } from "../../state-store.ts";
import { clean } from "../../terminal.ts";

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
      if (runs.length === 0 && !flags.json) process.stdout.write(`There is no history of ${args.id}. See: tapline state list\n`);
      for (const run of runs) process.stdout.write(`${flags.json ? asJson(run) : clean(asText(run))}\n`);
      return exitCodes.done;
    });
  }
}

function asText({ runId, kind, status, startedAt, before, after }: PastRun): string {
  const state =
    status === "running" ? "under way, or not ended" : after === null ? "no state" : after === before ? "as before" : describeState(after);
  return [startedAt, runId, (kind === "run" || kind === "from-ledger" ? `${kind} ${status}` : kind).padEnd(13), state].join("  ");
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
