/** `tapline state rollback`: restores an earlier state. */
import { Args, Command, Flags } from "@oclif/core";
import { describeState, runOfTry, stateBefore } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { changeState, openStoreOf } from "../../state-store.ts";
import { printLines } from "../../terminal.ts";
import { usage } from "../../usage.ts";

export default class StateRollback extends Command {
  static override description = `Restores the state before the last change, or the state after a run.

The next run sends the rows after that state again. Targets that upsert end up with the same table; targets that append get those rows twice.
A rollback is a change too, so a second rollback undoes it.`;
  static override examples = [
    "<%= config.bin %> state rollback dev:tap-csv-to-target-duckdb",
    "<%= config.bin %> state rollback dev:tap-csv-to-target-duckdb --to 20260131T100000Z-1a2b3c4d",
  ];
  static override args = { id: Args.string({ description: "The state's id, see: tapline state list", required: true }) };
  static override flags = {
    to: Flags.string({ description: "The run, or one try of it, see: tapline state history ID. Restores the state after it." }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateRollback);
    await conclude(async () => {
      await using store = await openStoreOf(args.id);
      const expected = (await store.state(args.id))?.value ?? null;
      const history = await store.history(args.id, Number.MAX_SAFE_INTEGER);
      const value = flags.to === undefined ? beforeLast() : leftBy(flags.to);
      await changeState(store, "rollback", { stateId: args.id, value, expected });
      printLines([`${args.id} is now at ${value === null ? "no state" : describeState(value)}`]);
      return exitCodes.done;

      function beforeLast(): string | null {
        const found = stateBefore(history, expected);
        if (found === undefined) throw usage.no_earlier_state({ id: args.id });
        return found.value;
      }

      function leftBy(runId: string): string | null {
        // The newest of its tries, or the try that was named.
        const run = history.find((each) => [each.runId, runOfTry(each.runId)].includes(runId) && each.status !== "running");
        if (run === undefined) throw usage.run_not_in_history({ id: args.id, run: runId });
        return run.after;
      }
    });
  }
}
