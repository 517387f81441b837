/**
 * Takes over the states of a Meltano project: each id that tapline knows nothing of gets the state that Meltano keeps. From then on tapline
 * keeps its own, and Meltano's stays as it is.
 */
import { TaplineError } from "@tapline/protocol";
import type { Project } from "../../model/project.ts";
import { changeState } from "../edit-state.ts";
import type { Store } from "../store.ts";
import { runsAtWork } from "./at-work.ts";
import { idInTapline } from "./ids.ts";
import { type MeltanoPlace, meltanoPlace } from "./places.ts";
import { openMeltanoStates } from "./read-states.ts";

export interface TakenOver {
  /** Meltano's id. */
  from: string;
  /** Ours; undefined: it is no state of a pipe that tapline knows. */
  stateId: string | undefined;
  /** false: tapline had a state of this id, or knew that it was cleared. */
  isNew: boolean;
}

/** What a run of Meltano will change in a moment is left until that run has ended. @throws what `openMeltanoStates` and the store throw */
export async function takeOverStates(project: Project, environment: string, store: Store): Promise<void> {
  const atWork = await runsAtWork(project, environment);
  await copyStates({ place: meltanoPlace(project, environment), store, ourId: (id) => (atWork.has(id) ? undefined : id) }, project);
}

export interface CopyOptions {
  place: MeltanoPlace;
  store: Store;
  /** The id in the store, of the id that the Meltano project has in tapline; undefined: this state is left for now. */
  ourId(id: string): string | undefined;
}

/** @throws what `openMeltanoStates` and the store throw */
export async function copyStates({ place, store, ourId }: CopyOptions, project: Project): Promise<TakenOver[]> {
  const theirs = await openMeltanoStates(place);
  if (theirs === undefined) return [];
  const taken: TakenOver[] = [];
  try {
    const known = new Set((await store.states()).map(({ stateId }) => stateId));
    for (const from of theirs.ids) {
      const id = idInTapline(project, from);
      const stateId = id === undefined ? undefined : ourId(id);
      // One that was cleared stays cleared.
      const isNew = stateId !== undefined && !known.has(stateId) && (await store.history(stateId, 1)).length === 0;
      const value = isNew ? await theirs.read(from) : undefined;
      if (stateId !== undefined && value !== undefined) await takeOver(store, stateId, value);
      taken.push({ from, stateId, isNew: isNew && value !== undefined });
    }
  } finally {
    await theirs.close();
  }
  return taken;
}

/** Another process may do the same at this moment, or run it already. */
async function takeOver(store: Store, stateId: string, value: string): Promise<void> {
  try {
    await changeState(store, "import", { stateId, value, expected: null });
  } catch (error) {
    if (!(error instanceof TaplineError) || !["state_changed", "already_running"].includes(error.code)) throw error;
  }
}
