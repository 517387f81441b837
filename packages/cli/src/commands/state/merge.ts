/** `tapline state merge`: replaces the bookmarks of some streams, and leaves the others. */
import { Args, Command, Flags } from "@oclif/core";
import { changeState, describeState, mergeStates } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { keptState, openStoreOf, readStateArgument } from "../../state-store.ts";
import { printLines } from "../../terminal.ts";

export default class StateMerge extends Command {
  static override description =
    "Replaces bookmarks by those of another state, stream by stream. A state without bookmarks replaces the whole state.";
  static override examples = [
    `<%= config.bin %> state merge dev:tap-csv-to-target-duckdb '{"bookmarks":{"items":{"replication_key_value":"2026-01-01"}}}'`,
    "<%= config.bin %> state merge dev:tap-csv-to-target-duckdb --from dev:tap-csv-to-target-duckdb:nightly",
  ];
  static override args = {
    id: Args.string({ description: "The state's id.", required: true }),
    state: Args.string({ description: "A JSON object, or - to read it from stdin.", ignoreStdin: true }),
  };
  static override flags = { from: Flags.string({ description: "Merge the state under this id.", exclusive: ["state"] }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateMerge);
    await conclude(async () => {
      await using store = await openStoreOf(args.id);
      const over = flags.from === undefined ? await readStateArgument(args.state ?? "-") : await readKept(flags.from);
      const expected = (await store.state(args.id))?.value ?? null;
      const value = mergeStates(expected, over);
      await changeState(store, "merge", { stateId: args.id, value, expected });
      printLines([`Saved under ${args.id}: ${describeState(value)}`]);
      return exitCodes.done;
    });
  }
}

async function readKept(stateId: string): Promise<string> {
  await using store = await openStoreOf(stateId);
  return (await keptState(store, stateId)).value;
}
