/**
 * Maps the messages of a tap: SCHEMA, RECORD, ACTIVATE_VERSION and REPLACE_SOURCE of each stream become those of its outputs; a STATE stays
 * as it is. Records go through as bytes.
 */
import {
  type Decoded,
  type JsonSchema,
  type MapCount,
  type Records,
  type ReplaceSourceMessage,
  resolveSchema,
  type SchemaMessage,
  stringifyOrdered,
} from "@tapline/protocol";
import { type Cel, loadCel } from "./cel/cel.ts";
import { errors } from "./errors.ts";
import { makeOutput, nameNow, type Output } from "./plan/output.ts";
import { mapsFor, readStreamMaps, type StreamMaps, unchanged, type WrittenExpression } from "./plan/stream-map.ts";
import { type FailedRecord, StreamPlan } from "./plan/stream-plan.ts";
import type { MapSettings } from "./settings.ts";
import { createFake } from "./values/fake.ts";
import { ofPlain } from "./values/json-parse.ts";
import type { Callable, Dict } from "./values/value.ts";

export interface MapperOptions {
  warn?: (text: string) => void;
  /** Gets the records on which an expression fails, before `take` gives the others. Not given: the failure is thrown. */
  onFailed?: ((failed: FailedRecord) => void) | undefined;
}

interface MappedStream {
  definition: string;
  /** Of the tap's SCHEMA. */
  schema: JsonSchema;
  outputs: readonly Output[];
  plan: StreamPlan;
  /** Where the stream itself is dropped. */
  dropped: MapCount | undefined;
}

/** @throws map_invalid @example const mapper = await openMapper({ stream_maps: { orders: { email: null } } }); */
export async function openMapper(settings: MapSettings, options: MapperOptions = {}): Promise<StreamMapper> {
  const maps = readStreamMaps(settings);
  const written = maps.maps
    .flatMap(({ filter, properties }) => [...(filter === undefined ? [] : [filter]), ...properties.values()])
    .filter((each): each is WrittenExpression => each !== null);
  const cel = written.some(({ language }) => language === "cel") ? await loadCel() : undefined;
  const fake = written.some(({ source }) => /\bfake\b/.test(source)) ? await createFake(settings.faker_config) : undefined;
  return new StreamMapper(maps, {
    config: ofPlain(settings.stream_map_config ?? {}) as Dict,
    cel,
    fake,
    warn: options.warn ?? (() => {}),
    onFailed: options.onFailed,
  });
}

interface Tools {
  config: Dict;
  cel: Cel | undefined;
  fake: Callable | undefined;
  warn: (text: string) => void;
  onFailed: MapperOptions["onFailed"];
}

export class StreamMapper {
  readonly #maps: StreamMaps;
  readonly #tools: Tools;
  readonly #streams = new Map<string, MappedStream>();
  /** Streams without a map, which are as they were. */
  readonly #same = new Map<string, JsonSchema>();
  /** Names that streams have after they are mapped, and of which stream each is. */
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, MapCount>();

  constructor(maps: StreamMaps, tools: Tools) {
    this.#maps = maps;
    this.#tools = tools;
  }

  /**
   * What a message becomes, in this order. A message that is given back as it is, is the same object. Records that were given before must
   * not be used any more.
   * @throws map_expression_invalid, map_key_missing, map_streams_meet, map_failed, map_type, map_unchanged, map_replaces_source
   */
  *take(decoded: Decoded): Generator<Decoded> {
    if (decoded.type === "STATE") return yield decoded;
    if (decoded.type === "SCHEMA") return yield* this.#define(decoded);
    const mapped = this.#streams.get(decoded.stream);
    if (mapped === undefined) return yield decoded;
    switch (decoded.type) {
      case "RECORDS":
        return yield* this.#records(mapped, decoded);
      case "REPLACE_SOURCE":
        for (const output of mapped.outputs) yield replaceSource(output, decoded);
        return;
      default:
        for (const { name } of mapped.outputs) yield { ...decoded, stream: name };
    }
  }

  /** Whether the files of a BATCH of this stream must be read as records, which `take` then maps. */
  readsRows(stream: string): boolean {
    return this.#streams.has(stream);
  }

  /** The schema of the tap's records; undefined: no SCHEMA arrived. */
  schemaOf(stream: string): JsonSchema | undefined {
    return this.#streams.get(stream)?.schema ?? this.#same.get(stream);
  }

  /** What was done with records so far, of streams that have a map. */
  counts(): readonly MapCount[] {
    return [...this.#counts.values()];
  }

  *#records({ plan, dropped, outputs }: MappedStream, records: Records): Generator<Records> {
    if (dropped !== undefined) {
      dropped.received += records.count;
      dropped.filtered += records.count;
    }
    if (outputs.length > 0) yield* plan.map(records);
  }

  *#define(message: SchemaMessage): Generator<Decoded> {
    const { stream } = message;
    const { own, copies } = mapsFor(this.#maps, stream);
    const isDropped = own === undefined ? this.#maps.dropsOthers : own.isDropped;
    if (own === undefined && !isDropped && copies.length === 0) {
      this.#same.set(stream, message.schema);
      this.#claim(stream, stream);
      return yield message;
    }
    const definition = stringifyOrdered(message);
    const known = this.#streams.get(stream);
    const mapped = known?.definition === definition ? known : this.#plan(message, definition, isDropped);
    this.#streams.set(stream, mapped);
    for (const { schema } of mapped.outputs) yield schema;
  }

  #plan(message: SchemaMessage, definition: string, isDropped: boolean): MappedStream {
    const { stream } = message;
    const { own, copies } = mapsFor(this.#maps, stream);
    const { schema } = resolveSchema(message.schema, { stream });
    const slots: string[] = [];
    const slot = (name: string): number => {
      if (!slots.includes(name)) slots.push(name);
      return slots.indexOf(name);
    };
    const itself = isDropped ? [] : [own ?? same(stream)];
    const outputs = [...itself, ...copies].map((map) => makeOutput(map, { ...this.#tools, message, resolved: schema, slot }));
    for (const { name } of outputs) this.#claim(name, stream);
    const names = outputs.map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) < at);
    if (twice !== undefined) throw errors.map_streams_meet({ name: twice, first: stream, second: stream }, { stream });
    const countOf = ({ name }: Output): MapCount => this.#countOf(stream, name);
    const dropped = isDropped ? this.#countOf(stream, undefined) : undefined;
    const plan = new StreamPlan(outputs, { slots, keys: message.key_properties, countOf, onFailed: this.#tools.onFailed });
    return { definition, schema, outputs, plan, dropped };
  }

  #countOf(from: string, to: string | undefined): MapCount {
    const key = JSON.stringify([from, to]);
    const count = this.#counts.get(key) ?? { from, ...(to !== undefined && { to }), received: 0, passed: 0, filtered: 0 };
    this.#counts.set(key, count);
    return count;
  }

  #claim(name: string, stream: string): void {
    const first = this.#names.get(name);
    if (first !== undefined && first !== stream) throw errors.map_streams_meet({ name, first, second: stream }, { stream });
    this.#names.set(name, stream);
  }
}

/** The stream itself, beside its copies. */
const same = (pattern: string) => ({ ...unchanged, pattern, setting: "stream_maps" });

function replaceSource({ name, assignments, onlyKeeps, source }: Output, message: ReplaceSourceMessage): ReplaceSourceMessage {
  const column = nameNow(message.column, assignments);
  const isKept =
    column !== undefined &&
    (onlyKeeps === undefined ||
      column !== message.column ||
      onlyKeeps.includes(column) ||
      assignments.some((each) => each.name === column));
  if (!isKept) throw errors.map_replaces_source({ stream: source, column: message.column }, { stream: source });
  return { ...message, stream: name, column };
}
