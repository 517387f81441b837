/**
 * Who made a run fail, and of what: the plugin that failed on its own first. A plugin that dies because nobody reads its
 * output any more is a consequence, and so is one that the runner stopped.
 */
import { constants } from "node:os";
import type { TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PluginError } from "../model/plugin-output.ts";
import type { Exit } from "../process/child.ts";

export interface Failure extends PluginError {
  /** The plugin's name, or "tapline". */
  plugin: string;
}

export interface Witness {
  name: string;
  exit: Exit;
  /** The last error line it printed. */
  error: PluginError | undefined;
  lastWords: string | undefined;
  /** It complained of a closed output. */
  brokenPipe: boolean;
  /** Ended because the runner told it to. */
  stopped: boolean;
}

/**
 * undefined: nobody failed. `line` goes from the source to the target; `first` ended the run, `early` while its input had
 * not ended. Who lost its reader is no cause: then the reader is, unless it was only stopped.
 */
export function findCause(line: readonly Witness[], first: number, early: boolean): Failure | undefined {
  const [found, reader] = [line[first], line[first + 1]];
  if (found === undefined) return undefined;
  const isLost = !isClean(found.exit) && found.brokenPipe;
  if (isLost && reader !== undefined && !wasOnlyStopped(reader)) return findCause(line, first + 1, true);
  if (!isClean(found.exit)) return failureOf(found);
  return early ? asFailure(found.name, errors.target_ended_early({})) : undefined;
}

/** One that told its own error may have been told to stop while it was cleaning up after it. */
function wasOnlyStopped({ stopped, error, exit }: Witness): boolean {
  return stopped && (error === undefined || (exit.code ?? 128) >= 128);
}

export function asFailure(plugin: string, error: TaplineError): Failure {
  const { code, message, hint, recovery, position } = error;
  return { plugin, code, message, hint, class: error.class, recovery, position };
}

export const isClean = ({ code }: Exit): boolean => code === 0;

function failureOf({ name, exit, error, lastWords }: Witness): Failure {
  if (error !== undefined) return { plugin: name, ...error };
  const signal = exit.signal ?? signalOf(exit.code ?? 0);
  if (signal !== undefined) return asFailure(name, errors.plugin_killed({ signal }));
  return asFailure(name, errors.plugin_failed({ how: `ended with exit code ${exit.code}`, last: lastWords }));
}

/** A shell around a plugin reports a child's signal as 128 + its number. */
function signalOf(code: number): NodeJS.Signals | undefined {
  const found = Object.entries(constants.signals).find(([, number]) => code === 128 + number);
  return found?.[0] as NodeJS.Signals | undefined;
}
