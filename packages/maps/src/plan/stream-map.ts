/** The setting `stream_maps`, read and checked: what to do with which streams. */
import { didYouMean, isObject } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { MapSettings } from "../settings.ts";

export type Language = "python" | "cel";

/** An expression as it was written, and where. */
export interface WrittenExpression {
  source: string;
  language: Language;
  /** The type that was declared for its result: a JSON type, `date` or `date-time`. */
  type: string | undefined;
  /** For messages: `customers.email`. */
  what: string;
  /** The path of the setting: `stream_maps.customers.email`. */
  setting: string;
}

export interface StreamMap {
  /** A stream's name, or a pattern. */
  pattern: string;
  /** A copy beside the stream itself. */
  isCopy: boolean;
  /** An expression, or the name itself; undefined: the name stays. */
  alias: string | undefined;
  /** The stream is dropped. */
  isDropped: boolean;
  filter: WrittenExpression | undefined;
  /** null: none; undefined: those of the stream. */
  keys: readonly string[] | null | undefined;
  /** Properties that are not named are dropped. */
  dropsOthers: boolean;
  /** null: the property is dropped. */
  properties: ReadonlyMap<string, WrittenExpression | null>;
  setting: string;
}

export interface StreamMaps {
  maps: readonly StreamMap[];
  /** Streams that no map is for are dropped. */
  dropsOthers: boolean;
}

const types = ["string", "integer", "number", "boolean", "object", "array", "date", "date-time"];
const options = ["__source__", "__alias__", "__filter__", "__key_properties__", "__else__", "__language__"];

const isNull = (value: unknown): boolean => value === null || value === "__NULL__";

/** @throws map_invalid */
export function readStreamMaps({ stream_maps: given = {} }: MapSettings): StreamMaps {
  const { __else__: others, ...rest } = given;
  if (others !== undefined && !isNull(others))
    throw invalid("__else__", "it can only be null, which drops all other streams", "stream_maps.__else__");
  const maps = Object.entries(rest).map(([name, definition]) => {
    const setting = `stream_maps.${name}`;
    if (name.startsWith("__")) throw invalid(name, "a name of a stream can't begin with __, and the only option here is __else__", setting);
    if (isNull(definition)) return { ...unchanged, pattern: name, isDropped: true, setting };
    if (!isObject(definition)) throw invalid(name, "it must be null or an object of properties", setting);
    return readMap(name, definition, setting);
  });
  return { maps, dropsOthers: others !== undefined };
}

/** A map that leaves its stream as it is. */
export const unchanged = {
  isCopy: false,
  alias: undefined,
  isDropped: false,
  filter: undefined,
  keys: undefined,
  dropsOthers: false,
  properties: new Map(),
};

function readMap(name: string, definition: Record<string, unknown>, setting: string): StreamMap {
  const {
    __source__: source,
    __alias__: alias,
    __filter__: filter,
    __key_properties__: keys,
    __else__: others,
    __language__: language = "python",
  } = definition;
  const fail = (option: string, problem: string): never => {
    throw invalid(`${name}.${option}`, problem, `${setting}.${option}`);
  };
  if (language !== "python" && language !== "cel") return fail("__language__", 'it must be "python" or "cel"');
  if (source !== undefined && typeof source !== "string") return fail("__source__", "it must be the name of a stream");
  if (alias !== undefined && typeof alias !== "string") return fail("__alias__", "it must be a name or an expression");
  if (others !== undefined && !isNull(others)) return fail("__else__", "it can only be null, which drops all other properties");
  if (keys !== undefined && !isNull(keys) && !(Array.isArray(keys) && keys.every((key) => typeof key === "string")))
    return fail("__key_properties__", "it must be a list of properties, or null for none");
  const read = (option: string, value: unknown): WrittenExpression =>
    readExpression(value, language, `${name}.${option}`, `${setting}.${option}`);
  const properties = new Map<string, WrittenExpression | null>();
  for (const [property, value] of Object.entries(definition)) {
    if (options.includes(property)) continue;
    const near = property.startsWith("__") && property.endsWith("__") ? didYouMean(property, options) : undefined;
    if (near !== undefined) return fail(property, `there is no such option; did you mean ${near}?`);
    properties.set(property, isNull(value) ? null : read(property, value));
  }
  return {
    pattern: source ?? name,
    isCopy: source !== undefined,
    alias: alias ?? (source === undefined ? undefined : JSON.stringify(name)),
    isDropped: false,
    filter: filter === undefined || filter === null ? undefined : read("__filter__", filter),
    keys: keys === undefined ? undefined : isNull(keys) ? null : (keys as string[]),
    dropsOthers: others !== undefined,
    properties,
    setting,
  };
}

function readExpression(value: unknown, otherwise: Language, what: string, setting: string): WrittenExpression {
  if (typeof value === "string") return { source: value, language: otherwise, type: undefined, what, setting };
  if (!isObject(value)) throw invalid(what, "it must be an expression, null, or an object with `expression`", setting);
  const { expression, language = otherwise, type, ...unknown } = value;
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) throw invalid(what, `there is no ${extra} here: only expression, language and type`, setting);
  if (typeof expression !== "string") throw invalid(what, "its expression must be a text", setting);
  if (language !== "python" && language !== "cel") throw invalid(what, 'its language must be "python" or "cel"', setting);
  if (type !== undefined && !(typeof type === "string" && types.includes(type)))
    throw invalid(what, `its type must be one of ${types.join(", ")}`, setting);
  return { source: expression, language, type, what, setting };
}

const invalid = (what: string, problem: string, setting: string): Error => errors.map_invalid({ what, problem }, { setting });

/** The maps for a stream: that of the stream itself, if there is one, and its copies. Where several fit the stream itself, the last counts. */
export function mapsFor({ maps }: StreamMaps, stream: string): { own: StreamMap | undefined; copies: readonly StreamMap[] } {
  const fitting = maps.filter(({ pattern }) => pattern === stream || fits(pattern, stream));
  return { own: fitting.findLast(({ isCopy }) => !isCopy), copies: fitting.filter(({ isCopy }) => isCopy) };
}

/** `*`, `?`, `[abc]` and `[!abc]`, as Python's fnmatch has them. */
export function fits(pattern: string, name: string): boolean {
  if (!/[*?[]/.test(pattern)) return pattern === name;
  const source = pattern.replaceAll(/\*+|\?|\[(!?)([^\]]+)\]|[\s\S]/g, (token, not: string | undefined, set: string | undefined) => {
    if (token.startsWith("*")) return ".*";
    if (token === "?") return ".";
    if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replaceAll(/[\\\]^]/g, "\\$&")}]`;
    return token.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "su").test(name);
}
