/** Changes a state for a person: each change is kept in the state's history under an id of its own, and can be rolled back. */
import { parseExact } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Project } from "../model/project.ts";
import { makeRunId, runOfTry } from "../model/run-id.ts";
import { environmentOf } from "../project/project.ts";
import { normalizeState, stateBefore } from "./change-state.ts";
import type { ChangeKind, Store } from "./store.ts";

export interface StateChange {
  stateId: string;
  /** JSON text; null deletes it. */
  value: string | null;
  /** The change is made only if this is the state that is kept (null: none). Not given: in any case. */
  expected?: string | null;
}

/** Makes all changes or none. @throws already_running, state_changed */
export function changeState(store: Store, kind: ChangeKind, ...changes: readonly StateChange[]): Promise<void> {
  return store.change(changes.map((change) => ({ ...change, kind, runId: makeRunId(new Date()) })));
}

/** @throws state_not_json, state_invalid */
export function parseStateText(json: string): string {
  let value: unknown;
  try {
    value = parseExact(json);
  } catch (error) {
    throw errors.state_not_json({ reason: (error as Error).message });
  }
  return normalizeState(value);
}

export interface Rollback {
  stateId: string;
  run?: string | undefined;
  /** As in `StateChange`. Not given: the state that is kept now. */
  expected?: string | null;
}

/**
 * Restores the state before the last change; with a run, or one of its tries, the state after it. Resolves to the state that is kept now.
 * @throws no_earlier_state, run_not_in_history, already_running, state_changed
 */
export async function rollBackState(store: Store, { stateId, run, ...shown }: Rollback): Promise<string | null> {
  const expected = shown.expected === undefined ? ((await store.state(stateId))?.value ?? null) : shown.expected;
  const history = await store.history(stateId, Number.MAX_SAFE_INTEGER);
  const value = run === undefined ? beforeLast() : leftBy(run);
  await changeState(store, "rollback", { stateId, value, expected });
  return value;

  function beforeLast(): string | null {
    const found = stateBefore(history, expected);
    if (found === undefined) throw errors.no_earlier_state({ id: stateId });
    return found.value;
  }

  function leftBy(runId: string): string | null {
    // The newest of its tries, or the try that was named.
    const found = history.find((each) => [each.runId, runOfTry(each.runId)].includes(runId) && each.status !== "running");
    if (found === undefined) throw errors.run_not_in_history({ id: stateId, run: runId });
    return found.after;
  }
}

/** The environment of an id, which may have a separate store. One that is no longer in tapline.yml counts as the default environment. */
export function environmentOfState(project: Project, stateId: string): string {
  const [name = ""] = stateId.split(":", 1);
  return Object.hasOwn(project.parsed.file.environments ?? {}, name) ? name : environmentOf(project);
}
