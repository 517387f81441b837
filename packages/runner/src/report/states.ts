/** A door of its own for those who only look at states: the form of tapline.yml takes ten times as long to load. */

export { type KeptStates, statesOfPlainProject } from "../state/plain-project.ts";
export type { StoredState } from "../state/store.ts";
export { describeState } from "./describe-state.ts";
