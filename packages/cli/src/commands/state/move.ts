/** `tapline state move`: keeps a state under another id, when a pipe got another name. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";
import { refuseToReplace } from "../../replace-state.ts";
import { changeState, keptState, openStoreOf } from "../../state-store.ts";
import { usage } from "../../usage.ts";

export default class StateMove extends Command {
  static override description = "Keeps the state of one id under another one instead, for a pipe that got another name.";
  static override examples = ["<%= config.bin %> state move dev:tap-csv-to-target-duckdb dev:tap-csv-to-target-duckdb:nightly"];
  static override args = {
    from: Args.string({ description: "The id it has, see: tapline state list", required: true }),
    to: Args.string({ description: "The id it gets.", required: true }),
  };
  static override flags = { force: Flags.boolean({ description: "Replace what is kept there." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateMove);
    await conclude(async () => {
      if (args.from === args.to) throw usage.state_same({ id: args.from });
      await using source = await openStoreOf(args.from);
      await using destination = await openStoreOf(args.to);
      const { value } = await keptState(source, args.from);
      const [expected = null] = await refuseToReplace(destination, [args.to], flags.force);
      const [arrival, departure] = [
        { stateId: args.to, value, expected },
        { stateId: args.from, value: null, expected: value },
      ];
      if (source.id === destination.id) await changeState(source, "move", arrival, departure);
      else {
        // Two stores know no common transaction: a copy too many is better than none.
        await changeState(destination, "move", arrival);
        await changeState(source, "move", departure);
      }
      process.stdout.write(`Moved ${args.from} to ${args.to}.\n`);
      return exitCodes.done;
    });
  }
}
