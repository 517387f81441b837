/**
 * Who made a run fail, and of what: the plugin that failed on its own first. A tap that dies because nobody reads its
 * output any more is a consequence, and so is a target that the runner stopped.
 */
import { constants } from "node:os";
import type { TaplineError } from "@tapline/protocol";
import { errors } from "./errors.ts";
import type { PluginError } from "./plugin-output.ts";
import type { Exit } from "./processes.ts";
import type { Role } from "./progress.ts";

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

/** undefined: neither failed. */
export function findCause(tap: Witness, target: Witness, first: Role): Failure | undefined {
  const tapFailed = !isClean(tap.exit);
  // A target that told its own error may have been told to stop while it was cleaning up after it.
  const ownError = tap.brokenPipe && target.error !== undefined && (target.exit.code ?? 128) < 128;
  const isStopped = target.stopped && !ownError;
  const targetFailed = !isClean(target.exit) && !isStopped;
  const targetLeft = first === "target" || (tapFailed && tap.brokenPipe && !isStopped);
  if (targetLeft && targetFailed) return failureOf(target);
  if (targetLeft) return asFailure(target.name, errors.target_ended_early({}));
  if (tapFailed) return failureOf(tap);
  // The tap finished, so a stop can't explain the target's end.
  return isClean(target.exit) ? undefined : failureOf(target);
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
