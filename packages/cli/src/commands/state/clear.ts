/** `tapline state clear`: deletes a state, or the bookmarks of some of its streams. */
import { Args, Command } from "@oclif/core";
import { changeState, describeHeldSlots, slotsIn, withoutStreams } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { keptState, openStoreOf } from "../../state-store.ts";
import { printLines } from "../../terminal.ts";

export default class StateClear extends Command {
  static override description =
    "Deletes the state under an id, or the bookmarks of some streams. The next run reads them from the beginning.";
  static override examples = [
    "<%= config.bin %> state clear dev:tap-csv-to-target-duckdb",
    "<%= config.bin %> state clear dev:tap-csv-to-target-duckdb items orders",
  ];
  static override strict = false;
  static override args = {
    id: Args.string({ description: "The state's id, see: tapline state list", required: true }),
    stream: Args.string({ description: "One or more streams whose bookmarks to delete; the others keep theirs." }),
  };

  async run(): Promise<void> {
    const { args, argv } = await this.parse(StateClear);
    const streams = (argv as string[]).slice(1);
    await conclude(async () => {
      await using store = await openStoreOf(args.id);
      const { value: expected } = await keptState(store, args.id);
      const value = streams.length === 0 ? null : withoutStreams(expected, streams);
      await changeState(store, "clear", { stateId: args.id, value, expected });
      const left = slotsIn([value]);
      const slots = slotsIn([expected]).filter((slot) => !left.includes(slot));
      printLines([`Cleared ${streams.length === 0 ? args.id : `${streams.join(", ")} of ${args.id}`}.`, ...describeHeldSlots(slots)]);
      return exitCodes.done;
    });
  }
}
