/** Puts the real names into the hints of a target, which does not know the job and the state id that it runs for. Pure. */
import type { Failure } from "../model/failure.ts";

const codes: ReadonlySet<string> = new Set(["ledger_missing", "ledger_differs", "table_missing", "rows_missing", "not_stored"]);

/** `command` is the command that runs the step again. */
export function nameCommands(failure: Failure, command: string, stateId: string): Failure {
  if (!codes.has(failure.code)) return failure;
  const hint = failure.hint
    .replaceAll(/tapline run (…|\.\.\.)/g, command)
    .replaceAll(/tapline state accept( STATE_ID)?/g, `tapline state accept ${stateId.replace(/\/\d+$/, "")}`);
  return { ...failure, hint };
}
