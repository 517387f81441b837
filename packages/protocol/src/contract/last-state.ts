/**
 * The answer of a target with a ledger to `--last-state ID`: the state of its last commit and the run that made it. `state` is an
 * object on the wire and JSON text in the programs, so that no digit of a bookmark is lost.
 */
import { type Static, Type } from "../type.ts";
import { isObject, parseExact } from "../wire/json.ts";

/** The table that a SQL target keeps its ledger in, in the schema of its tables. */
export const ledgerTable = "_tapline_loads";

export const lastStateSchema = Type.Object(
  {
    state_id: Type.String({ description: "The ID that was asked for" }),
    run_id: Type.Union([Type.String(), Type.Null()], { description: "The run whose commit wrote the state; null: there was none" }),
    state: Type.Union([Type.Unsafe<object>({ type: "object" }), Type.Null()]),
    committed_at: Type.Union([Type.String(), Type.Null()], { description: "RFC 3339" }),
  },
  { description: "What a target prints for --last-state ID" },
);

/** What a ledger holds for a state id; each field is null before the first commit. `state` is JSON text, `committed_at` RFC 3339. */
export interface LastState extends Pick<Static<typeof lastStateSchema>, "run_id" | "committed_at"> {
  state: string | null;
}

/** The answer as one line, without its "\n". */
export function writeLastState(stateId: string, { run_id, state, committed_at }: LastState): string {
  return JSON.stringify({ state_id: stateId, run_id, state: state === null ? null : parseExact(state), committed_at });
}

/** undefined where the text is not an answer for this state id. */
export function readLastState(text: string, stateId: string): LastState | undefined {
  let answer: unknown;
  try {
    answer = parseExact(text);
  } catch {
    return undefined;
  }
  if (!isObject(answer) || answer.state_id !== stateId) return undefined;
  const { run_id, state, committed_at: committedAt } = answer;
  if ((run_id !== null && typeof run_id !== "string") || (state !== null && !isObject(state))) return undefined;
  return {
    run_id,
    state: state === null ? null : JSON.stringify(state),
    committed_at: typeof committedAt === "string" ? committedAt : null,
  };
}
