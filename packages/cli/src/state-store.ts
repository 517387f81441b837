/** Opens the store of a state id, and reads states for the commands. */
import { text } from "node:stream/consumers";
import { didYouMean } from "@tapline/protocol";
import { environmentOfState, openProject, openStore, parseStateText, type Store, type StoredState } from "@tapline/runner";
import { checkStateId } from "./state-id.ts";
import { usage } from "./usage.ts";

/** Opens the store of the id's environment, since an environment may have a separate store. @throws state_id_malformed and what `openStore` throws */
export function openStoreOf(stateId: string): Promise<Store> {
  const project = openProject(process.cwd());
  return openStore(project, environmentOfState(project, checkStateId(stateId)));
}

/** @throws state_not_kept */
export async function keptState(store: Store, stateId: string): Promise<StoredState> {
  const state = await store.state(stateId);
  if (state !== undefined) return state;
  const known = (await store.states()).map((each) => each.stateId);
  throw usage.state_not_kept({ id: stateId, known, meant: didYouMean(stateId, known) });
}

/** Reads a state from an argument: JSON, or - for stdin. @throws state_not_json, state_invalid */
export async function readStateArgument(argument: string): Promise<string> {
  return parseStateText(argument === "-" ? await text(process.stdin) : argument);
}
