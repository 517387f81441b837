/** Why a run failed, in the form that is shown, logged and stored. */
import type { PluginError, TaplineError } from "@tapline/protocol";

export interface Failure extends PluginError {
  /** The plugin's name, or "tapline". */
  plugin: string;
}

export function asFailure(plugin: string, error: TaplineError): Failure {
  const { code, message, hint, recovery, position } = error;
  return { plugin, code, message, hint, class: error.class, recovery, position };
}
