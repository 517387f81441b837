/** `tapline state copy`: lets another pipe go on from where this one is. */
import { Args, Command, Flags } from "@oclif/core";
import { conclude, exitCodes } from "../../outcome.ts";
import { refuseToReplace } from "../../replace-state.ts";
import { changeState, keptState, openStoreOf } from "../../state-store.ts";
import { usage } from "../../usage.ts";

export default class StateCopy extends Command {
  static override description = "Keeps the state of one id under another one too, also where that one's environment has another store.";
  static override examples = ["<%= config.bin %> state copy dev:tap-csv-to-target-duckdb prod:tap-csv-to-target-duckdb"];
  static override args = {
    from: Args.string({ description: "The id to copy, see: tapline state list", required: true }),
    to: Args.string({ description: "The id to keep it under.", required: true }),
  };
  static override flags = { force: Flags.boolean({ description: "Replace what is kept there." }) };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StateCopy);
    await conclude(async () => {
      if (args.from === args.to) throw usage.state_same({ id: args.from });
      await using source = await openStoreOf(args.from);
      await using destination = await openStoreOf(args.to);
      const { value } = await keptState(source, args.from);
      const [expected] = await refuseToReplace(destination, [args.to], flags.force);
      await changeState(destination, "copy", { stateId: args.to, value, expected: expected ?? null });
      process.stdout.write(`Copied ${args.from} to ${args.to}.\n`);
      return exitCodes.done;
    });
  }
}
