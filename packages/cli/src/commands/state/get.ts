/** `tapline state get`: prints one state as JSON. */
import { Args, Command } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";
import { keptState, openStoreOf } from "../../state-store.ts";

export default class StateGet extends Command {
  static override description = "Prints the state under an id, as JSON.";
  static override examples = [
    "<%= config.bin %> state get dev:tap-csv-to-target-duckdb",
    "<%= config.bin %> state get dev:tap-csv-to-target-duckdb > state.json",
  ];
  static override args = { id: Args.string({ description: "The state's id, see: tapline state list", required: true }) };

  async run(): Promise<void> {
    const { args } = await this.parse(StateGet);
    await conclude(async () => {
      await using store = await openStoreOf(args.id);
      process.stdout.write(`${(await keptState(store, args.id)).value}\n`);
      return exitCodes.done;
    });
  }
}
