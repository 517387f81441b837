/** How a plugin ended, and why it failed if it did. Pure. */

import { constants } from "node:os";
import type { PluginError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { Exit } from "./child.ts";

export interface EndedPlugin {
  name: string;
  exit: Exit;
  /** The last error line it printed. */
  error: PluginError | undefined;
  lastLine: string | undefined;
  /** It reported that its output was closed. */
  brokenPipe: boolean;
  /** It ended because the runner stopped it. */
  stopped: boolean;
}

export const isClean = ({ code }: Exit): boolean => code === 0;

/** undefined: it did not fail. */
export function failureOf(plugin: EndedPlugin): Failure | undefined {
  return isClean(plugin.exit) ? undefined : causeOf(plugin);
}

function causeOf({ name, exit, error, lastLine }: EndedPlugin): Failure {
  if (error !== undefined) return { plugin: name, ...error };
  const signal = exit.signal ?? signalOf(exit.code ?? 0);
  if (signal !== undefined) return asFailure(name, errors.plugin_killed({ signal }));
  return asFailure(name, errors.plugin_failed({ how: `ended with exit code ${exit.code}`, last: lastLine }));
}

/** A shell around a plugin reports a child's signal as 128 + its number. */
function signalOf(code: number): NodeJS.Signals | undefined {
  const found = Object.entries(constants.signals).find(([, number]) => code === 128 + number);
  return found?.[0] as NodeJS.Signals | undefined;
}
