/**
 * Who made a run fail, and of what: the plugin that failed on its own first. A plugin that dies because nobody reads its
 * output any more is a consequence, and so is one that the runner stopped.
 */

import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { type EndedPlugin, failureOf, isClean } from "../process/ended-plugin.ts";

/**
 * undefined: nobody failed. `line` goes from the source to the target; `first` ended the run, `early` while its input had
 * not ended. Who lost its reader is no cause: then the reader is, unless it was only stopped.
 */
export function findCause(line: readonly EndedPlugin[], first: number, early: boolean): Failure | undefined {
  const [found, reader] = [line[first], line[first + 1]];
  if (found === undefined) return undefined;
  const isLost = !isClean(found.exit) && found.brokenPipe;
  if (isLost && reader !== undefined && !wasOnlyStopped(reader)) return findCause(line, first + 1, true);
  if (!isClean(found.exit)) return failureOf(found);
  return early ? asFailure(found.name, errors.target_ended_early({})) : undefined;
}

/** One that told its own error may have been told to stop while it was cleaning up after it. */
function wasOnlyStopped({ stopped, error, exit }: EndedPlugin): boolean {
  return stopped && (error === undefined || (exit.code ?? 128) >= 128);
}
