/** A small API for commands that only show states: the rest of the runner takes ten times as long to load. */

export { type KeptStates, statesOfPlainProject } from "../state/plain-project.ts";
export type { StoredState } from "../state/store.ts";
export { describeState } from "./describe-state.ts";
