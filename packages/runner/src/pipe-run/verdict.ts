/**
 * Finds which plugin made a run fail: the first that failed by itself. A plugin that ended because nobody read its output any more, or
 * because the runner stopped it, is not the cause.
 */

import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import { type EndedPlugin, failureOf, isClean } from "../process/ended-plugin.ts";

/**
 * undefined: no plugin failed. `line` is in order from the source to the target. `first` is the index of the plugin that ended the run,
 * `early` whether it ended before its input did. If that plugin lost its reader, the reader is the cause, unless it was only stopped.
 */
export function findCause(line: readonly EndedPlugin[], first: number, early: boolean): Failure | undefined {
  const [found, reader] = [line[first], line[first + 1]];
  if (found === undefined) return undefined;
  const isLost = !isClean(found.exit) && found.brokenPipe;
  if (isLost && reader !== undefined && !wasOnlyStopped(reader)) return findCause(line, first + 1, true);
  if (!isClean(found.exit)) return failureOf(found);
  return early ? asFailure(found.name, errors.target_ended_early({})) : undefined;
}

/** A plugin that reported an error may also have been stopped, while it was cleaning up. */
function wasOnlyStopped({ stopped, error, exit }: EndedPlugin): boolean {
  return stopped && (error === undefined || (exit.code ?? 128) >= 128);
}
