/** `tapline state move`: keeps a state under another id, when a pipe got another name. */
import { Args, Command, Flags } from "@oclif/core";
import { betweenIds } from "../../between-ids.ts";
import { conclude, exitCodes } from "../../outcome.ts";
import { changeState } from "../../state-store.ts";

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
      await betweenIds(args, flags.force, async ({ source, destination, value, arrival }) => {
        const departure = { stateId: args.from, value: null, expected: value };
        if (source.id === destination.id) return changeState(source, "move", arrival, departure);
        // Two stores know no common transaction: a copy too many is better than none.
        await changeState(destination, "move", arrival);
        await changeState(source, "move", departure);
      });
      process.stdout.write(`Moved ${args.from} to ${args.to}.\n`);
      return exitCodes.done;
    });
  }
}
