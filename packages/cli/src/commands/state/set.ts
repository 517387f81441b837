/** `tapline state set`: replaces a state, with every digit as it is given. */
import { Args, Command } from "@oclif/core";
import { changeState } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { openStoreOf, readStateArgument } from "../../state-store.ts";
import { printLines } from "../../terminal.ts";

export default class StateSet extends Command {
  static override description = "Replaces the state under an id. The next run starts from it.";
  static override examples = [
    `<%= config.bin %> state set dev:tap-csv-to-target-duckdb '{"bookmarks":{"items":{"replication_key":"updated","replication_key_value":"2026-01-01"}}}'`,
    "<%= config.bin %> state set dev:tap-csv-to-target-duckdb - < state.json",
  ];
  static override args = {
    id: Args.string({ description: "The state's id.", required: true }),
    state: Args.string({ description: "A JSON object, or - to read it from stdin.", required: true, ignoreStdin: true }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(StateSet);
    await conclude(async () => {
      await using store = await openStoreOf(args.id);
      await changeState(store, "set", { stateId: args.id, value: await readStateArgument(args.state) });
      printLines([`Saved under ${args.id}.`]);
      return exitCodes.done;
    });
  }
}
