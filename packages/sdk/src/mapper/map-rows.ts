/** Maps the messages of a tap by functions of a mapper's author. Rows are parsed and encoded again, with every digit that they had. */
import {
  type Decoded,
  encodeRecord,
  type JsonSchema,
  type MapCount,
  parseExact,
  propertyNames,
  type Records,
  type Row,
  resolveSchema,
  type SchemaMessage,
  stringifyOrdered,
  TaplineError,
  UnencodableValue,
  withPosition,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { MappedStream, StreamToMap } from "./define-mapper.ts";

/** What `runMapper` needs of stream maps, in any language. */
export interface MessageMapper {
  /** What a message becomes, in this order. A message that is given back as it is, is the same object. */
  take(decoded: Decoded): Iterable<Decoded>;
  /** Whether the files of a BATCH of this stream must be read as records, which `take` then maps. */
  readsRows(stream: string): boolean;
  /** The schema of the tap's records; undefined: no SCHEMA arrived. */
  schemaOf(stream: string): JsonSchema | undefined;
  counts(): readonly MapCount[];
}

interface Mapping {
  definition: string;
  schema: JsonSchema;
  /** undefined: the stream is dropped. */
  out: (Required<Pick<StreamToMap, "name" | "schema" | "keys">> & Pick<MappedStream, "row">) | undefined;
  count: MapCount;
}

export class RowMapping implements MessageMapper {
  readonly #map: (stream: StreamToMap) => MappedStream | undefined;
  readonly #streams = new Map<string, Mapping>();
  /** Names that streams have after they are mapped, and of which stream each is. */
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, MapCount>();

  constructor(map: (stream: StreamToMap) => MappedStream | undefined) {
    this.#map = map;
  }

  /** @throws mapper_names_meet, mapper_key_missing, mapper_partial_record, mapper_failed, value_unencodable */
  *take(decoded: Decoded): Generator<Decoded> {
    if (decoded.type === "STATE") return yield decoded;
    if (decoded.type === "SCHEMA") return yield* this.#define(decoded);
    const mapping = this.#streams.get(decoded.stream);
    if (mapping === undefined) return yield decoded;
    if (decoded.type === "RECORDS") return yield* this.#records(decoded, mapping);
    if (mapping.out === undefined) return;
    const { name, schema } = mapping.out;
    if (decoded.type === "REPLACE_SOURCE" && !propertyNames(schema).includes(decoded.column))
      throw errors.mapper_key_missing(
        { column: decoded.column, use: "that by which the tap replaces rows of a source" },
        { stream: decoded.stream },
      );
    yield { ...decoded, stream: name };
  }

  readsRows(stream: string): boolean {
    return this.#streams.has(stream);
  }

  schemaOf(stream: string): JsonSchema | undefined {
    return this.#streams.get(stream)?.schema;
  }

  counts(): readonly MapCount[] {
    return [...this.#counts.values()];
  }

  *#define(message: SchemaMessage): Generator<Decoded> {
    const { stream } = message;
    const definition = stringifyOrdered(message);
    const known = this.#streams.get(stream);
    const mapping = known?.definition === definition ? known : this.#mapping(message, definition);
    this.#streams.set(stream, mapping);
    if (mapping.out === undefined) return;
    const { name, schema, keys } = mapping.out;
    const columns = propertyNames(schema);
    const bookmarks = message.bookmark_properties?.filter((column) => columns.includes(column));
    yield {
      ...message,
      ...{ stream: name, schema, key_properties: [...keys] },
      ...(bookmarks === undefined ? {} : { bookmark_properties: bookmarks }),
    };
  }

  #mapping(message: SchemaMessage, definition: string): Mapping {
    const { stream, key_properties } = message;
    const { schema } = resolveSchema(message.schema, { stream });
    const before = { name: stream, schema, keys: key_properties ?? [] };
    const mapped = this.#map(before);
    const out = mapped === undefined ? undefined : { ...before, ...mapped };
    if (out !== undefined) {
      const columns = propertyNames(out.schema);
      const missing = out.keys.find((key) => !columns.includes(key));
      if (missing !== undefined) throw errors.mapper_key_missing({ column: missing, use: "a key" }, { stream });
      const first = this.#names.get(out.name);
      if (first !== undefined && first !== stream) throw errors.mapper_names_meet({ name: out.name, first, second: stream }, { stream });
      this.#names.set(out.name, stream);
    }
    return { definition, schema, out, count: this.#countOf(stream, out?.name) };
  }

  #countOf(from: string, to: string | undefined): MapCount {
    const key = JSON.stringify([from, to]);
    const count = this.#counts.get(key) ?? { from, ...(to !== undefined && { to }), received: 0, passed: 0, filtered: 0 };
    this.#counts.set(key, count);
    return count;
  }

  *#records(records: Records, { out, count }: Mapping): Generator<Records> {
    count.received += records.count;
    const lines: string[] = [];
    let line = records.firstLine;
    for (let at = 0; out !== undefined && at < records.bytes.length; line++) {
      const end = records.bytes.indexOf(newline, at);
      const text = mapLine(records.bytes.toString("utf8", at, end), out, { stream: records.stream, line });
      if (text !== undefined) lines.push(text);
      at = end + 1;
    }
    count.passed += lines.length;
    count.filtered += records.count - lines.length;
    if (out === undefined || lines.length === 0) return;
    yield { ...records, stream: out.name, bytes: Buffer.from(lines.join("")), count: lines.length };
  }
}

const newline = 0x0a;

function mapLine(
  text: string,
  { name, row: map }: NonNullable<Mapping["out"]>,
  position: { stream: string; line: number },
): string | undefined {
  const { type: _, stream: __, record, ...rest } = parseExact(text) as { type: string; stream: string; record: Row };
  if (map !== undefined && "unchanged" in rest) throw errors.mapper_partial_record({}, position);
  try {
    const row = map === undefined ? record : map(record);
    if (row === undefined) return undefined;
    const more = Object.keys(rest).length === 0 ? "" : `,${encodeRecord(rest).slice(1, -1)}`;
    return `{"type":"RECORD","stream":${JSON.stringify(name)},"record":${encodeRecord(row)}${more}}\n`;
  } catch (error) {
    if (error instanceof UnencodableValue)
      throw errors.value_unencodable({ what: error.message }, { ...position, column: error.column }, error);
    if (error instanceof TaplineError) throw withPosition(error, position);
    throw errors.mapper_failed({ reason: (error as Error).message }, position, error);
  }
}
