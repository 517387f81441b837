/** Opens the store of a state id, and reads and changes states for the commands. */
import { text } from "node:stream/consumers";
import { didYouMean, parseExact } from "@tapline/protocol";
import {
  type ChangeKind,
  environmentOf,
  makeRunId,
  normalizeState,
  openProject,
  openStore,
  type Project,
  type Store,
  type StoredState,
} from "@tapline/runner";
import { checkStateId } from "./state-id.ts";
import { usage } from "./usage.ts";

/** Opens the store of the id's environment, since an environment may have a separate store. @throws state_id_malformed and what `openStore` throws */
export function openStoreOf(stateId: string): Promise<Store> {
  const project = openProject(process.cwd());
  return openStore(project, environmentIn(project, checkStateId(stateId)));
}

/** An id whose environment is no longer in tapline.yml is looked for in the store of the default environment. */
function environmentIn(project: Project, stateId: string): string {
  const [name = ""] = stateId.split(":", 1);
  return Object.hasOwn(project.parsed.file.environments ?? {}, name) ? name : environmentOf(project);
}

/** @throws state_not_kept */
export async function keptState(store: Store, stateId: string): Promise<StoredState> {
  const state = await store.state(stateId);
  if (state !== undefined) return state;
  const known = (await store.states()).map((each) => each.stateId);
  throw usage.state_not_kept({ id: stateId, known, meant: didYouMean(stateId, known) });
}

export function changeState(
  store: Store,
  kind: ChangeKind,
  ...changes: readonly { stateId: string; value: string | null; expected?: string | null }[]
): Promise<void> {
  return store.change(changes.map((change) => ({ ...change, kind, runId: makeRunId(new Date()) })));
}

/** Reads a state from an argument: JSON, or - for stdin. @throws state_not_json, state_invalid */
export async function readStateArgument(argument: string): Promise<string> {
  return parseStateText(argument === "-" ? await text(process.stdin) : argument);
}

/** @throws state_not_json, state_invalid */
export function parseStateText(json: string): string {
  let value: unknown;
  try {
    value = parseExact(json);
  } catch (error) {
    throw usage.state_not_json({ reason: (error as Error).message });
  }
  return normalizeState(value);
}
