/** The keys of an extractor that are no settings: select, metadata, schema, catalog and others, as tapline has them. Pure. */
import { isObject } from "@tapline/protocol";
import type { MeltanoGap } from "../../model/meltano.ts";
import type { PluginEntry } from "../../model/plugin-schema.ts";
import { readFlow } from "../read-flow.ts";
import { expand, mapTexts } from "./names.ts";
import { flatten, variableOf } from "./settings.ts";

export interface ExtrasContext {
  prefixes: readonly string[];
  /** The value of a variable, as Meltano finds it at this place. */
  variable(name: string): string | undefined;
  /** Whether the place itself (the project, or one environment) sets this variable. */
  isSet(name: string): boolean;
  gap(kind: MeltanoGap["kind"], key: string, text: string): void;
}

export interface Extras {
  select?: string[];
  selectFilter?: string[];
  metadata?: PluginEntry["metadata"];
  schema?: PluginEntry["schema"];
  catalog?: string;
  loadSchema?: string;
  catalogMaxAgeHours?: number;
}

/** `own`: the plugin in meltano.yml, or what an environment changes. What is not set here is left out. */
export function extrasOf(own: Readonly<Record<string, unknown>>, context: ExtrasContext): Extras {
  const read = (key: string): unknown => extraOf(own, key, context);
  const extras: Extras = {};
  const texts = (key: string): string[] | undefined => {
    const value = read(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value)) return value.map(String);
    context.gap("lost", key, `It must be a list, so it is not used: ${JSON.stringify(value)}`);
    return undefined;
  };
  const object = (key: string): Record<string, unknown> | undefined => {
    const value = withVariables(read(key), key, context);
    if (value === undefined || isObject(value)) return value;
    context.gap("lost", key, `It must be an object, so it is not used: ${JSON.stringify(value)}`);
    return undefined;
  };
  const select = texts("select");
  if (select !== undefined) extras.select = select;
  const filter = texts("select_filter");
  if (filter !== undefined && filter.length > 0) extras.selectFilter = filter;
  const including = filter?.filter((each) => !each.startsWith("!")) ?? [];
  if (including.length > 0)
    context.gap("lost", "select_filter", `Patterns that include are not used: ${including.join(", ")}. Name in select what is to be read.`);
  const metadata = object("metadata");
  if (metadata !== undefined) extras.metadata = metadataRules(metadata);
  const schema = object("schema");
  if (schema !== undefined)
    extras.schema = Object.fromEntries(Object.entries(schema).filter(([, value]) => isObject(value))) as Extras["schema"];
  const catalog = read("catalog");
  if (typeof catalog === "string" && catalog !== "") extras.catalog = catalog;
  const loadSchema = read("load_schema");
  if (typeof loadSchema === "string") extras.loadSchema = loadSchema;
  if (String(read("use_cached_catalog")) === "false") extras.catalogMaxAgeHours = 0;
  if (read("state") !== undefined)
    context.gap("lost", "state", "A state from a file is not read. Set it once with: tapline state set ID - < FILE");
  return extras;
}

function extraOf(own: Readonly<Record<string, unknown>>, key: string, context: ExtrasContext): unknown {
  const isWritten = (own[key] ?? own[`_${key}`] ?? null) !== null;
  // What an environment writes yields to a variable of the project too.
  const name = variableOf(`_${key}`, context, (each) => context.isSet(each) || (isWritten && context.variable(each) !== undefined));
  const text = name === undefined ? undefined : context.variable(name);
  const value = text === undefined ? (own[key] ?? own[`_${key}`]) : (readFlow(text) ?? text);
  if (value === undefined || value === null) return undefined;
  return mapTexts(value, (each) => expand(each, context.variable));
}

/** A value inside an object can be set by a variable too, such as TAP_X__METADATA_ORDERS_REPLICATION_KEY. */
function withVariables(value: unknown, key: string, context: ExtrasContext): unknown {
  if (!isObject(value)) return value;
  const change = (at: Record<string, unknown>, above: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(at).map(([name, inner]) => {
        if (isObject(inner) && Object.keys(inner).length > 0) return [name, change(inner, `${above}${name}.`)];
        const variable = variableOf(`_${above}${name}`, context, context.isSet);
        const text = variable === undefined ? undefined : context.variable(variable);
        return [name, text === undefined ? inner : (readFlow(text) ?? text)];
      }),
    );
  return change(value, `${key}.`);
}

/** `stream.column.key: value`, however it is nested, as the metadata of "stream.column". */
function metadataRules(metadata: Readonly<Record<string, unknown>>): NonNullable<PluginEntry["metadata"]> {
  const rules: NonNullable<PluginEntry["metadata"]> = {};
  for (const [name, value] of flatten(metadata)) {
    const parts = name.split(".");
    const [key, place] = [parts.at(-1) as string, parts.slice(0, -1)];
    const [stream, ...properties] = place;
    if (stream === undefined) continue;
    const pattern = [stream, ...properties.filter((part) => part !== "properties")].join(".");
    rules[pattern] = { ...rules[pattern], [key]: value };
  }
  return rules;
}
