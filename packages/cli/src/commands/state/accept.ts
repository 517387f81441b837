/** `tapline state accept`: confirms that the database holds the rows up to the bookmark, although its ledger does not show it. */
import { Args, Command } from "@oclif/core";
import { changeState, environmentOf, openProject, openStore, type Store, type StoredState } from "@tapline/runner";
import { conclude, exitCodes } from "../../outcome.ts";
import { keptState, openStoreOf } from "../../state-store.ts";
import { usage } from "../../usage.ts";

export default class StateAccept extends Command {
  static override description = `Confirms that the database holds the rows up to the bookmark, for example because you copied them there.

The next run continues from the bookmark as it is, and does not compare the target's ledger with the last commit that this project knows.`;
  static override examples = ["<%= config.bin %> state accept", "<%= config.bin %> state accept dev:tap-csv-to-target-duckdb"];
  static override args = {
    id: Args.string({ description: "The state's id, see: tapline state list. Default: the only one of this project." }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(StateAccept);
    await conclude(async () => {
      await using store = await openStoreFor(args.id);
      const { stateId, value } = args.id === undefined ? await onlyState(store) : await keptState(store, args.id);
      await changeState(store, "accept", { stateId, value, expected: value });
      process.stdout.write(
        `The rows up to the bookmark of ${stateId} count as loaded; the database was not looked at. The next run continues from the bookmark.\n`,
      );
      return exitCodes.done;
    });
  }
}

function openStoreFor(id: string | undefined): Promise<Store> {
  if (id !== undefined) return openStoreOf(id);
  const project = openProject(process.cwd());
  return openStore(project, environmentOf(project));
}

/** States of lanes that a crash left are part of the step's state. @throws state_not_chosen */
async function onlyState(store: Store): Promise<StoredState> {
  const states = (await store.states()).filter(({ stateId }) => !/\/\d+$/.test(stateId));
  const [state] = states;
  if (state === undefined || states.length > 1) throw usage.state_not_chosen({ known: states.map(({ stateId }) => stateId) });
  return state;
}
