/** The states of a store, one line each. */
import { parseExact } from "@tapline/protocol";
import { describeState, type StoredState } from "@tapline/runner/states";
import { clean } from "../terminal.ts";

export function describeStates(states: { place: string; states: readonly StoredState[] }, json: boolean): string {
  if (states.states.length === 0) return json ? "" : `There are no states in ${states.place} yet. The first run keeps one.\n`;
  return states.states.map((state) => `${json ? asJson(state) : asText(state)}\n`).join("");
}

function asText({ stateId, value, updatedAt }: StoredState): string {
  return clean(`${stateId}  ${updatedAt}  ${describeState(value)}`);
}

function asJson({ stateId, value, updatedAt, runId }: StoredState): string {
  return JSON.stringify({ state_id: stateId, state: parseExact(value), updated_at: updatedAt, run_id: runId });
}
