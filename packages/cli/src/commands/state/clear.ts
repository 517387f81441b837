/** `tapline state clear`: forgets a state. */
import { Args, Command } from "@oclif/core";
import { didYouMean } from "@tapline/protocol";
import { makeRunId, openProject, openStore } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { checkStateId } from "../../state-id.ts";
import { usage } from "../../usage.ts";

export default class StateClear extends Command {
  static override description = "Forgets the state kept under an id; the next run starts from the beginning.";
  static override examples = ["<%= config.bin %> state clear dev:tap-csv-to-target-duckdb"];
  static override args = { id: Args.string({ description: "The state's id, see: tapline state list", required: true }) };

  async run(): Promise<void> {
    const { args } = await this.parse(StateClear);
    await conclude(async () => {
      const id = checkStateId(args.id);
      using store = openStore(openProject(process.cwd()).folder);
      if (store.state(id) === undefined) {
        const known = store.states().map(({ stateId }) => stateId);
        throw usage.state_not_kept({ id, known, meant: didYouMean(id, known) });
      }
      store.changeState(id, makeRunId(new Date()), null);
      process.stdout.write(`Cleared ${id}.\n`);
      return exitCodes.done;
    });
  }
}
