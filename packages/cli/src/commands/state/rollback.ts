/** `tapline state rollback`: restores an earlier state. */
import { Args, Command, Flags } from "@oclif/core";
import { describeState, rollBackState } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { openStoreOf } from "../../state-store.ts";
import { printLines } from "../../terminal.ts";

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
      const value = await rollBackState(store, { stateId: args.id, run: flags.to });
      printLines([`${args.id} is now at ${value === null ? "no state" : describeState(value)}`]);
      return exitCodes.done;
    });
  }
}
