/** `tapline state move`: moves a state to another id, for a pipe that was renamed. */
import { Args, Command, Flags } from "@oclif/core";
import { changeState } from "@tapline/runner";
import { betweenIds } from "../../between-ids.ts";
import { conclude, exitCodes } from "../../outcome.ts";
import { printLines } from "../../terminal.ts";

export default class StateMove extends Command {
  static override description = "Moves the state of one id to another id, for a pipe that was renamed.";
  static override examples = ["<%= config.bin %> state move dev:tap-csv-to-target-duckdb dev:tap-csv-to-target-duckdb:nightly"];
  static override args = {
    from: Args.string({ description: "The present id, see: tapline state list", required: true }),
    to: Args.string({ description: "The new id.", required: true }),
  };
  static override flags = { force: Flags.boolean({ description: "Replace the state that is there." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateMove);
    await conclude(async () => {
      await betweenIds(args, flags.force, async ({ source, destination, value, arrival }) => {
        const departure = { stateId: args.from, value: null, expected: value };
        if (source.id === destination.id) return changeState(source, "move", arrival, departure);
        // There is no transaction over two stores: two copies are better than none.
        await changeState(destination, "move", arrival);
        await changeState(source, "move", departure);
      });
      printLines([`Moved ${args.from} to ${args.to}.`]);
      return exitCodes.done;
    });
  }
}
