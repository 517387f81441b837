/** Which variables a place of a Meltano project sees, and in which order: env of meltano.yml wins over the process, and that over .env. Pure. */
import { expand } from "./names.ts";
import { type Item, textsOf } from "./source.ts";

export interface Scope {
  variable(name: string): string | undefined;
  isSet(name: string): boolean;
  /** Whether the environment itself sets it: its `env`, or that of its plugin. */
  isOwn(name: string): boolean;
}

export interface Variables {
  of(environment: Item | undefined, pluginEnv?: Record<string, string>, changedEnv?: Record<string, string>): Scope;
}

/** `given`: those of .env and the process. `root`: `env` of meltano.yml. */
export function variablesOver(given: Readonly<Record<string, string | undefined>>, root: Record<string, string>): Variables {
  return {
    of(environment, pluginEnv = {}, changedEnv = {}) {
      const own = environment === undefined ? {} : { ...textsOf(environment.value.env), ...changedEnv };
      const all = layered(given, root, pluginEnv, own);
      const value = (name: string): string | undefined => (Object.hasOwn(all, name) ? all[name] : undefined);
      return { variable: value, isSet: (name) => value(name) !== undefined, isOwn: (name) => Object.hasOwn(own, name) };
    },
  };
}

/** Each layer may refer to those before it. */
export function layered(...layers: readonly Readonly<Record<string, string | undefined>>[]): Record<string, string | undefined> {
  const [first = {}, ...more] = layers;
  const all: Record<string, string | undefined> = { ...first };
  for (const layer of more) {
    const before = { ...all };
    for (const [name, text] of Object.entries(layer)) all[name] = expand(text ?? "", (other) => before[other]);
  }
  return all;
}
