/** Puts the real names into the hints of plugins, which do not know the job and the state id that they run for. Pure. */
import type { Failure } from "../model/failure.ts";
import { withoutLane } from "../model/state-id.ts";

/** `command` is the command that runs the step again. */
export function nameCommands(failure: Failure, command: string, stateId: string): Failure {
  const hint = failure.hint
    .replaceAll("tapline run …", command)
    .replaceAll("tapline state accept STATE_ID", `tapline state accept ${withoutLane(stateId)}`);
  return { ...failure, hint };
}
