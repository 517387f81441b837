/** Turns a description into what the kit reads: the API and its streams. */
import {
  type ApiOptions,
  type Incremental,
  type Paging,
  type Params,
  type Place,
  parsePath,
  type RateOptions,
  type ResponseRule,
  type RestStream,
  type Row,
  restStream,
  valueAt,
} from "@tapline/rest";
import { authOf } from "./auth.ts";
import type { Definition, PagingSettings, ResponseSettings, StreamSettings } from "./schema.ts";
import { fill, fillDeep, fillValue, isPlaced, type Values } from "./template.ts";

export interface Described {
  readonly api: ApiOptions;
  readonly streams: readonly RestStream[];
}

/** `only`: names of streams; their parents are read too. @throws template_invalid and the errors of the kit */
export function describedApi(definition: Definition, given: Values, only?: readonly string[]): Described {
  const values = withDefaults(definition, given);
  const {
    url,
    auth,
    headers,
    query,
    trust,
    rate,
    rate_headers: rateHeaders,
    concurrency,
    timeout,
    total_timeout: totalTimeout,
    retries,
    retry_wait: retryWait,
    max_wait: maxWait,
    responses,
  } = definition;
  const api: ApiOptions = {
    url: fill(url, values),
    ...(auth !== undefined && { auth: authOf(auth, values) }),
    ...(headers !== undefined && { headers: fillDeep(headers, values) as Params }),
    ...(query !== undefined && { query: fillDeep(query, values) as Params }),
    ...(trust !== undefined && { trust }),
    ...(rate !== undefined && { rate: [rate].flat().map(camelKeys) as unknown as RateOptions[] }),
    ...(rateHeaders !== undefined && { rateHeaders }),
    ...(concurrency !== undefined && { concurrency }),
    ...(timeout !== undefined && { timeout }),
    ...(totalTimeout !== undefined && { totalTimeout }),
    ...(retries !== undefined && { retries }),
    ...(retryWait !== undefined && { retryWait }),
    ...(maxWait !== undefined && { maxWait }),
    ...(responses !== undefined && { responses: responses.map(ruleOf) }),
  };
  const made = new Map<string, RestStream>();
  const make = (settings: StreamSettings): RestStream => {
    const known = made.get(settings.name);
    if (known !== undefined) return known;
    const parent = definition.streams.find(({ name }) => name === settings.parent);
    const stream = streamOf({ ...definition.defaults, ...settings }, values, parent === undefined ? undefined : make(parent));
    made.set(settings.name, stream);
    return stream;
  };
  for (const settings of definition.streams) if (only === undefined || only.includes(settings.name)) make(settings);
  return { api, streams: [...made.values()] };
}

function withDefaults({ values = {} }: Definition, given: Values): Values {
  const defaults = Object.entries(values).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(defaults), ...given };
}

function streamOf(settings: StreamSettings, values: Values, parent: RestStream | undefined): RestStream {
  const { name, description, path, method, query, headers, body, form, schema, keys, records, format, delimiter, paging, responses } =
    settings;
  /** What is the same everywhere is filled in once. */
  const at = <T>(value: unknown): T | ((place: Place) => T) =>
    isPlaced(value) ? (place) => fillDeep(value, values, place) as T : (fillDeep(value, values) as T);
  const change = changeOf(settings, values);
  return restStream({
    name,
    path: isPlaced(path) ? (place) => fill(path, values, place, encodeURIComponent) : fill(path, values, undefined, encodeURIComponent),
    ...(description !== undefined && { description }),
    ...(method !== undefined && { method }),
    ...(query !== undefined && { query: at<Params>(query) }),
    ...(headers !== undefined && { headers: at<Params>(headers) }),
    ...(body !== undefined && { body: at(body) as never }),
    ...(form !== undefined && { form: at<Params>(form) }),
    ...(schema !== undefined && { schema }),
    ...(keys !== undefined && { keys }),
    ...(records !== undefined && { records }),
    ...(settings.records_optional !== undefined && { recordsOptional: settings.records_optional }),
    ...(format !== undefined && { format }),
    ...(delimiter !== undefined && { delimiter }),
    ...(paging !== undefined && { paging: pagingOf(paging) }),
    ...(settings.incremental !== undefined && { incremental: incrementalOf(settings.incremental, values) }),
    ...(settings.partitions !== undefined && { partitions: settings.partitions }),
    ...(parent !== undefined && { parent }),
    ...(settings.parent_rows !== undefined && { parentRows: settings.parent_rows }),
    ...(settings.from_parent !== undefined && { fromParent: settings.from_parent }),
    ...(settings.from_partition !== undefined && { fromPartition: settings.from_partition }),
    ...(responses !== undefined && { responses: responses.map(ruleOf) }),
    ...(change !== undefined && { map: change }),
  });
}

/** Columns are added first, so that what they are made of may be dropped. */
function changeOf({ add = {}, drop = [], rename = {} }: StreamSettings, values: Values): ((record: Row, place: Place) => Row) | undefined {
  const added = Object.entries(add);
  if (added.length === 0 && drop.length === 0 && Object.keys(rename).length === 0) return undefined;
  const dropped = new Set(drop);
  const names = new Map(Object.entries(rename));
  return (record, place) => {
    const more = added.map(([name, text]) => [
      name,
      typeof text === "string" ? (fillValue(text, values, { ...place, record }) ?? null) : text,
    ]);
    return Object.fromEntries(
      [...Object.entries(record), ...more].flatMap(([name, value]) =>
        dropped.has(name as string) ? [] : [[names.get(name as string) ?? name, value]],
      ),
    );
  };
}

const pagingOf = (settings: PagingSettings): Paging => camelKeys(settings) as unknown as Paging;

function incrementalOf(settings: NonNullable<StreamSettings["incremental"]>, values: Values): Incremental {
  const { start, end } = settings;
  // A start that nobody set is no start.
  const filled = (text: string | undefined): string | undefined => (text === undefined ? undefined : fill(text, values) || undefined);
  return { ...(camelKeys(settings) as unknown as Incremental), start: filled(start), end: filled(end) };
}

function ruleOf({ path, ...rule }: ResponseSettings): ResponseRule {
  if (path === undefined) return rule as ResponseRule;
  const at = parsePath(path);
  return {
    ...(rule as ResponseRule),
    when: (document) => {
      const value = valueAt(at, document);
      return value !== undefined && value !== null && value !== false && value !== "" && !(Array.isArray(value) && value.length === 0);
    },
  };
}

/** Names as TypeScript has them. Only for settings whose keys are ours. */
function camelKeys(settings: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]),
  );
}
