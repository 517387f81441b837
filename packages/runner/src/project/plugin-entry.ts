/** Resolves a plugin's entry in an environment: what it inherits, its own keys, and what the environment changes. Pure. */

import { didYouMean } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { PluginEntry, PluginKind } from "../model/plugin-schema.ts";
import type { ParsedProject, Path } from "../model/project.ts";
import { mergeDeep } from "./merge.ts";

export interface ResolvedEntry {
  entry: PluginEntry;
  /** The plugin itself, then what it inherits from, up to the last. */
  chain: readonly string[];
}

/** A plugin that is not in the file gets an empty entry; there may still be an executable. @throws inherit_unknown, inherit_circular */
export function entryOf(parsed: ParsedProject, name: string, environment?: string): ResolvedEntry {
  const chain = chainOf(parsed, name, environment);
  const layers = [...chain].reverse().flatMap((each) => ownLayers(parsed, each, environment));
  const { inherit_from: _, ...entry } = layers.reduce<unknown>(mergeDeep, {}) as PluginEntry;
  return { entry, chain };
}

/** Everything that it inherits from in some environment. @throws inherit_unknown, inherit_circular */
export function basesOf(parsed: ParsedProject, name: string): Set<string> {
  const environments = [undefined, ...Object.keys(parsed.file.environments ?? {})];
  return new Set(environments.flatMap((environment) => entryOf(parsed, name, environment).chain.slice(1)));
}

/** The paths where a part of its entry may be, the one that wins first. */
export function pathsOf(chain: readonly string[], environment: string | undefined, path: Path): Path[] {
  return chain.flatMap((name) => [
    ...(environment === undefined ? [] : [["environments", environment, "plugins", name, ...path]]),
    ["plugins", name, ...path],
  ]);
}

/** By its `kind`, else by its name, else by the name of what it inherits from. undefined: not known. */
export function kindOf(parsed: ParsedProject, name: string): PluginKind | undefined {
  const { entry, chain } = entryOf(parsed, name);
  if (entry.kind !== undefined) return entry.kind;
  return chain.map(kindOfName).find((kind) => kind !== undefined);
}

export function isDeclared(parsed: ParsedProject, name: string): boolean {
  return Object.hasOwn(parsed.file.plugins ?? {}, name);
}

/** All names, also those that only an environment contains. */
export function pluginNamesIn(parsed: ParsedProject): string[] {
  const { plugins, environments } = parsed.file;
  return [
    ...new Set([plugins, ...Object.values(environments ?? {}).map((each) => each?.plugins)].flatMap((each) => Object.keys(each ?? {}))),
  ];
}

function kindOfName(name: string): PluginKind | undefined {
  if (name.startsWith("tap-")) return "tap";
  if (name.startsWith("target-")) return "target";
  if (/^(map|transform)|-map(per)?(-|$)/.test(name)) return "mapper";
  return undefined;
}

/** An environment may let a plugin inherit from another one, such as a target of another database. */
function chainOf(parsed: ParsedProject, name: string, environment: string | undefined): string[] {
  const chain = [name];
  for (;;) {
    const last = chain.at(-1) as string;
    const base = ownLayers(parsed, last, environment).findLast((layer) => layer.inherit_from !== undefined)?.inherit_from;
    if (base === undefined) return chain;
    const place = parsed.locate(...pathsOf([last], environment, ["inherit_from"]));
    if (chain.includes(base)) throw errors.inherit_circular({ chain: [...chain, base] }, place);
    if (!isDeclared(parsed, base) && kindOfName(base) === undefined) {
      const meant = didYouMean(base, pluginNamesIn(parsed));
      throw errors.inherit_unknown({ name: last, base, meant }, place);
    }
    chain.push(base);
  }
}

function ownLayers({ file }: ParsedProject, name: string, environment: string | undefined): PluginEntry[] {
  const inEnvironment = environment === undefined ? undefined : ownOf(file.environments, environment)?.plugins;
  return [ownEntry(file.plugins, name), ownEntry(inEnvironment, name)];
}

function ownEntry(plugins: object | undefined, name: string): PluginEntry {
  return ownOf(plugins as Record<string, PluginEntry | null> | undefined, name) ?? {};
}

function ownOf<T>(from: Record<string, T> | undefined, name: string): T | undefined {
  return from !== undefined && Object.hasOwn(from, name) ? from[name] : undefined;
}

/** The taps that put their files away. */
export function tapsWithFilesIn(parsed: ParsedProject, environment: string): string[] {
  return pluginNamesIn(parsed).filter(
    (name) => kindOf(parsed, name) === "tap" && entryOf(parsed, name, environment).entry.files !== undefined,
  );
}
