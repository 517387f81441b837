/** Hive-style partitions: which folder a row belongs in, by its own values. The columns stay in the files, so a folder's name is only a name. Pure. */
import { columnType, readInstant } from "@tapline/columns";
import {
  didYouMean,
  isMetadataColumn,
  type JsonSchema,
  numberText,
  orderedEntries,
  type Row,
  type RowChunk,
  type TargetStream,
} from "@tapline/sdk";
import { errors } from "../errors.ts";
import { nameOf, typeRules } from "./types.ts";

export interface Partitioner {
  /** The rows of a chunk by folder, such as `country=DE/created_at_month=2024-05`; each in the order they arrived. */
  split(chunk: RowChunk): Map<string, RowChunk>;
}

export type PartitionSetting = readonly string[] | Readonly<Record<string, readonly string[]>>;

const units = { year: 4, month: 7, day: 10, hour: 13 } as const;

interface Part {
  label: string;
  property: string;
  textOf(value: unknown): string;
}

/**
 * Undefined where the stream is not partitioned.
 * @throws partition_column_missing, partition_function_unknown, partition_not_a_time, partition_needs_sequence
 */
export function partitionerFor(setting: PartitionSetting | undefined, stream: TargetStream): Partitioner | undefined {
  const { name, keys, loadMethod } = stream;
  const wished = columnsFor(setting, name);
  if (wished.length === 0) return undefined;
  const properties = new Map(orderedEntries(stream.schema.properties ?? {}));
  const parts = wished.map((each) => partOf(each, properties, name));
  // Rows of one key may be in two partitions, and then only the sequence tells which is newer.
  if (keys.length > 0 && loadMethod !== "append-only" && !properties.has("_sdc_sequence"))
    throw errors.partition_needs_sequence({}, { stream: name });
  return { split: (chunk) => split(chunk, parts) };
}

/** A column may have a name that looks like a function of another one. */
function partOf(partition: string, properties: ReadonlyMap<string, JsonSchema>, stream: string): Part {
  const [, unit, inner] = properties.has(partition) ? [] : (/^(\w+)\((.+)\)$/.exec(partition) ?? []);
  if (unit !== undefined && !Object.hasOwn(units, unit)) throw errors.partition_function_unknown({ partition, unit, stream }, { stream });
  const column = inner ?? partition;
  const schema = properties.get(column);
  if (schema === undefined) {
    const known = [...properties.keys()].filter((property) => !isMetadataColumn(property));
    throw errors.partition_column_missing({ column, partition, stream, known, meant: didYouMean(column, known) }, { stream, column });
  }
  if (unit === undefined) return { label: encoded(column), property: column, textOf: plainText };
  const type = columnType(schema, typeRules);
  if (type.kind !== "date" && type.kind !== "timestamptz")
    throw errors.partition_not_a_time({ partition, column, type: nameOf(type), stream }, { stream, column });
  const length = units[unit as keyof typeof units];
  return { label: encoded(`${column}_${unit}`), property: column, textOf: (value) => timeText(value, length) };
}

/**
 * The streams that the setting names and nobody has sent. `loaded`: now or by earlier loads.
 * @throws partition_stream_unknown where one of them is most likely a stream that arrived and that the setting does not name
 */
export function unknownStreams(setting: PartitionSetting | undefined, arrived: readonly string[], loaded: readonly string[]): string[] {
  const named = setting === undefined || Array.isArray(setting) ? [] : Object.keys(setting);
  const unknown = named.filter((name) => name !== "*" && !arrived.includes(name) && !loaded.includes(name));
  const unnamed = arrived.filter((stream) => !named.includes(stream));
  for (const wished of unknown) {
    const stream = didYouMean(wished, unnamed);
    if (stream !== undefined) throw errors.partition_stream_unknown({ wished, stream }, { stream });
  }
  return unknown;
}

function columnsFor(setting: PartitionSetting | undefined, stream: string): readonly string[] {
  if (setting === undefined) return [];
  if (Array.isArray(setting)) return setting;
  const byStream = setting as Readonly<Record<string, readonly string[]>>;
  return (Object.hasOwn(byStream, stream) ? byStream[stream] : byStream["*"]) ?? [];
}

function split({ rows, lines }: RowChunk, parts: readonly Part[]): Map<string, RowChunk> {
  const found = new Map<string, { rows: Row[]; lines: number[] }>();
  for (const [index, row] of rows.entries()) {
    const folder = parts.map(({ label, property, textOf }) => `${label}=${folderOf(row[property], textOf)}`).join("/");
    let part = found.get(folder);
    if (part === undefined) {
      part = { rows: [], lines: [] };
      found.set(folder, part);
    }
    part.rows.push(row);
    part.lines.push(lines[index] as number);
  }
  return found;
}

const none = "__HIVE_DEFAULT_PARTITION__";

function folderOf(value: unknown, textOf: (value: unknown) => string): string {
  const text = value === null || value === undefined ? "" : textOf(value);
  return text === "" ? none : encoded(text);
}

function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  return numberText(value) ?? JSON.stringify(value);
}

const clock = { seconds: 0, micros: 0 };

/** In UTC. A value that is no date is refused where it is written, so its folder does not matter. */
function timeText(value: unknown, length: number): string {
  if (typeof value !== "string") return "";
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return value.slice(0, Math.min(length, 10));
  const milliseconds = readInstant(value, clock) ? clock.seconds * 1000 : Number.NaN;
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString().slice(0, length).replace("T", "-") : "";
}

/** Letters, digits and a few signs stay; other bytes become %XX. Values that are alike for 200 characters share a folder, which does no harm. */
function encoded(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      /[A-Za-z0-9 _.-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("")
    .slice(0, 200);
}
