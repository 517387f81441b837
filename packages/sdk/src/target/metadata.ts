/**
 * The `_sdc_` columns: when and how a row arrived. Names and meanings are those of the Meltano Singer SDK, so that models written
 * for its targets work. Only `_sdc_sequence` differs: it always rises (it starts at the microseconds and adds one for each row).
 */
import { encodeRecord, isObject, type JsonSchema, type Row, UnencodableValue } from "@tapline/protocol";
import type { CellSource } from "./cells/chunk.ts";

const instant: JsonSchema = { type: ["null", "string"], format: "date-time" };
const integer: JsonSchema = { type: ["null", "integer"] };

/** A record that has a value here deletes the row of its key. */
export const deletedAtColumn = "_sdc_deleted_at";

/**
 * Whether the record deletes the row of its key, in a stream that has the column.
 * @example isDeleteRecord({ id: 1, _sdc_deleted_at: "2026-01-02T03:04:05Z" }) // true
 */
export function isDeleteRecord(row: Row): boolean {
  return row[deletedAtColumn] !== null && row[deletedAtColumn] !== undefined;
}

const metadataColumns: Record<string, JsonSchema> = {
  _sdc_extracted_at: instant,
  _sdc_received_at: instant,
  _sdc_batched_at: instant,
  _sdc_deleted_at: instant,
  _sdc_sequence: integer,
  _sdc_table_version: integer,
  _sdc_sync_started_at: integer,
};

/**
 * The schema with the `_sdc_` columns added to its properties.
 * @example withMetadataColumns({ properties: { id: { type: "integer" } } }).properties // id, _sdc_extracted_at, …
 */
export function withMetadataColumns(schema: JsonSchema): JsonSchema {
  return { ...schema, properties: { ...schema.properties, ...metadataColumns } };
}

/**
 * Whether the SDK adds a column of this name.
 * @example isMetadataColumn("_sdc_sequence") // true
 */
export function isMetadataColumn(name: string): boolean {
  return Object.hasOwn(metadataColumns, name);
}

/** A property that has the name of a metadata column and can't be stored in it; undefined where there is none. */
export function reservedProperty({ properties = {} }: JsonSchema): { property: string; declared: string; expected: string } | undefined {
  for (const [property, column] of Object.entries(metadataColumns)) {
    const declared = Object.hasOwn(properties, property) ? typesIn(properties[property] as JsonSchema) : [];
    const fits = column === integer ? ["integer", "number"] : ["string"];
    if (declared.every((type) => fits.includes(type))) continue;
    return { property, declared: declared.join(" or "), expected: column === integer ? "integers" : "dates and times" };
  }
  return undefined;
}

/** The types of a property other than null; [] where it declares none. */
function typesIn({ type, anyOf, oneOf }: JsonSchema): string[] {
  if (type !== undefined) return [type].flat().filter((each) => each !== "null");
  return (anyOf ?? oneOf ?? []).flatMap(typesIn);
}

/**
 * The row's metadata columns as JSON text, after them `unchanged` of its RECORD; null where it has neither. A value that JSON can't carry, such
 * as half a surrogate pair, is left out: it may be why the row is rejected.
 */
export function metadataText(row: Row, unchanged?: unknown): string | null {
  const columns = row._sdc_sequence === undefined ? [] : Object.keys(metadataColumns).map((name) => [name, row[name] ?? null]);
  if (columns.length === 0 && unchanged === undefined) return null;
  return encodeRecord(Object.fromEntries([...columns, ["unchanged", unchanged]].filter(([, value]) => isEncodable(value))));
}

function isEncodable(value: unknown): boolean {
  try {
    encodeRecord({ value });
    return true;
  } catch (error) {
    // A RangeError is what very deep lists and objects end in.
    if (error instanceof UnencodableValue || error instanceof RangeError) return false;
    throw error;
  }
}

/** When a run of rows was received and when its batch began, RFC 3339. */
export interface Arrival {
  receivedAt: string;
  batchedAt: string;
  /** The row's `_sdc_sequence`, where it was taken before. */
  sequence?: number;
}

export interface MetadataClock {
  /** The _sdc_sync_started_at of all rows. */
  readonly startedAt: number;
  /** The first of the next `count` values of `_sdc_sequence`. */
  take(count: number): number;
  add(row: Row, message: { time_extracted?: unknown; version?: unknown; metadata?: unknown }, arrival: Arrival): void;
}

/** Make one for each run: its sequence rises over all streams and, as long as the clock is right, over runs. */
export function metadataClock(startedAt: number = Date.now()): MetadataClock {
  let sequence = startedAt * 1000;
  return {
    startedAt,
    take(count) {
      sequence += count;
      return sequence - count;
    },
    add(row, message, { receivedAt, batchedAt, sequence: taken }) {
      row._sdc_extracted_at ??= message.time_extracted ?? receivedAt;
      row._sdc_received_at = receivedAt;
      row._sdc_batched_at = batchedAt;
      row._sdc_deleted_at ??= null;
      row._sdc_sequence = taken ?? sequence++;
      row._sdc_table_version = message.version ?? null;
      row._sdc_sync_started_at = startedAt;
    },
  };
}

/**
 * The metadata columns of rows that are cells, as `MetadataClock.add` gives them to rows: by name where their values are. `time` and
 * `version`: the cells of those fields of the messages, where they have them.
 */
export function metadataSources(
  startedAt: number,
  sequence: number,
  batchedAt: string,
  segments: readonly { receivedAt: string }[],
  { time, version }: { time: CellSource | undefined; version: CellSource | undefined },
): ReadonlyMap<string, CellSource> {
  const all = (value: unknown): CellSource => ({ repeated: segments.map(() => value) });
  const received: CellSource = { repeated: segments.map(({ receivedAt }) => receivedAt) };
  return new Map([
    ["_sdc_extracted_at", time ?? received],
    ["_sdc_received_at", received],
    ["_sdc_batched_at", all(batchedAt)],
    ["_sdc_deleted_at", all(null)],
    ["_sdc_sequence", { first: sequence }],
    ["_sdc_table_version", version ?? all(null)],
    ["_sdc_sync_started_at", all(startedAt)],
  ]);
}

/**
 * Gives replayed rows the metadata that they had when they were rejected: each message has it in `metadata`. So a row stays older than
 * those that were loaded after it.
 */
export function replayClock(): MetadataClock {
  const clock = metadataClock();
  return {
    ...clock,
    add(row, message, arrival) {
      clock.add(row, message, arrival);
      if (!isObject(message.metadata)) return;
      const { unchanged: _, ...columns } = message.metadata;
      Object.assign(row, columns);
    },
  };
}
