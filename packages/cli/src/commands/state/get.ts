/** `tapline state get`: one state as JSON, to look at or to save. */
import { Args, Command } from "@oclif/core";
import { didYouMean } from "@tapline/protocol";
import { openProject, openStore } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { checkStateId } from "../../state-id.ts";
import { usage } from "../../usage.ts";

export default class StateGet extends Command {
  static override description = "Prints the state kept under an id, as JSON.";
  static override examples = [
    "<%= config.bin %> state get dev:tap-csv-to-target-duckdb",
    "<%= config.bin %> state get dev:tap-csv-to-target-duckdb > state.json",
  ];
  static override args = { id: Args.string({ description: "The state's id, see: tapline state list", required: true }) };

  async run(): Promise<void> {
    const { args } = await this.parse(StateGet);
    await conclude(async () => {
      const id = checkStateId(args.id);
      using store = openStore(openProject(process.cwd()).folder);
      const state = store.state(id);
      if (state === undefined) {
        const known = store.states().map(({ stateId }) => stateId);
        throw usage.state_not_kept({ id, known, meant: didYouMean(id, known) });
      }
      process.stdout.write(`${state.value}\n`);
      return exitCodes.done;
    });
  }
}
