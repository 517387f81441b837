/** The states of a store as text, and as JSON. Pure. */
import { parseExact } from "@tapline/protocol";
import { widthOf, wrap } from "@tapline/protocol/text";
import { describeState, type StoredState } from "@tapline/runner/states";
import { clean } from "../terminal.ts";

export function describeStates(states: { place: string; states: readonly StoredState[] }, json: boolean, columns?: number): string {
  if (states.states.length === 0) return json ? "" : `There are no states in ${states.place} yet. The first run creates one.\n`;
  const lines = states.states.flatMap((state) => (json ? asJson(state) : asText(state, columns)));
  return lines.map((line) => `${line}\n`).join("");
}

function asText({ stateId, value, updatedAt }: StoredState, columns: number | undefined): string[] {
  return withDetail(clean(`${stateId}  ${updatedAt}`), clean(describeState(value)), columns);
}

/** On one line if both fit in `columns`, otherwise the detail is below, broken at words. */
export function withDetail(line: string, detail: string, columns: number | undefined): string[] {
  const whole = `${line}  ${detail}`;
  if (columns === undefined || widthOf(whole) <= columns) return [whole];
  return [...wrap(line, columns), ...wrap(`    ${detail}`, columns)];
}

function asJson({ stateId, value, updatedAt, runId }: StoredState): string {
  return JSON.stringify({ state_id: stateId, state: parseExact(value), updated_at: updatedAt, run_id: runId });
}
