/** Hive-style partitions: which folder a row belongs in, by its own values. The columns stay in the files, so a folder's name is only a name. Pure. */
import { readInstant } from "@tapline/columns";
import { numberText, orderedEntries, type Row, type RowChunk, type TargetStream } from "@tapline/sdk";
import { errors } from "../errors.ts";

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

/** Undefined where the stream is not partitioned. @throws partition_column_missing, partition_needs_sequence */
export function partitionerFor(
  setting: PartitionSetting | undefined,
  { name, schema, keys, loadMethod }: TargetStream,
): Partitioner | undefined {
  const wished = columnsFor(setting, name);
  if (wished.length === 0) return undefined;
  const properties = orderedEntries(schema.properties ?? {}).map(([property]) => property);
  const parts = wished.map((each): Part => {
    const [, unit, inner] = /^(year|month|day|hour)\((.+)\)$/.exec(each) ?? [];
    const property = inner ?? each;
    if (!properties.includes(property)) throw errors.partition_column_missing({ column: property, partition: each }, { stream: name });
    if (unit === undefined) return { label: encoded(property), property, textOf: plainText };
    return { label: encoded(`${property}_${unit}`), property, textOf: (value) => timeText(value, units[unit as keyof typeof units]) };
  });
  // Rows of one key may be in two partitions, and then only the sequence tells which is newer.
  if (keys.length > 0 && loadMethod !== "append-only" && !properties.includes("_sdc_sequence"))
    throw errors.partition_needs_sequence({}, { stream: name });
  return { split: (chunk) => split(chunk, parts) };
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
