/**
 * Parquet's layout for files that exist for seconds: PLAIN values, no compression, every column optional, one page in each column chunk.
 * Pure: column buffers to bytes. Source: parquet.thrift and Encodings.md of Apache Parquet.
 */

import type { ColumnBuffer } from "../buffers/column-buffer.ts";
import { isShortDecimal } from "../buffers/decimal.ts";
import type { ColumnType } from "../types/column-type.ts";
import { type LeafPart, leavesOf, type Node, nodesOf } from "../types/parts.ts";
import { ThriftWriter, varint } from "./thrift.ts";

export const magic = Buffer.from("PAR1");

/** Where a column chunk is in the file. */
export interface ChunkRange {
  offset: number;
  byteLength: number;
}

/** A column chunk on its way into the file. */
export interface EncodedChunk {
  parts: Uint8Array[];
  /** Values and places without one, where that is not the number of rows. */
  count?: number;
  /** Its size before compression; undefined where it is not compressed. */
  plainLength?: number | undefined;
  statistics?: ChunkStatistics | undefined;
}

/** Smallest and largest value in PLAIN encoding, without the length of texts; undefined where nobody needs them. */
export interface ChunkStatistics {
  nulls: number;
  range: { min: Uint8Array; max: Uint8Array } | undefined;
}

interface Chunk extends ChunkRange, Omit<EncodedChunk, "parts"> {}

export interface RowGroup {
  rows: number;
  chunks: Chunk[];
}

export const physical = { boolean: 0, int32: 1, int64: 2, double: 5, byteArray: 6, fixed: 7 } as const;
const converted = { utf8: 0, decimal: 5, date: 6, timeMicros: 8 } as const;
const optional = 1;
export const encodings = { plain: 0, rle: 3 } as const;

/** Columns are numbered in the file, so any name loads, and two names may differ only in case. */
export function columnLabel(index: number): string {
  return `c${index}`;
}

/** One column chunk: page header, definition levels, values. */
export function encodeChunk(buffer: ColumnBuffer, type: ColumnType): Uint8Array[] {
  const body = pageBody(buffer, type.kind === "boolean" ? packBits(buffer.data.used()) : buffer.data.used());
  const size = byteLength(body);
  return [pageHeader(buffer.rows, size, size), ...body];
}

/** Definition levels with their length, then the values. */
export function pageBody(buffer: ColumnBuffer, values: Uint8Array): Uint8Array[] {
  const levels = definitionLevels(buffer);
  const levelsLength = Buffer.alloc(4);
  levelsLength.writeUInt32LE(byteLength(levels));
  return [levelsLength, ...levels, values];
}

/** `count`: of values and places without one */
export function pageHeader(count: number, plainLength: number, length: number): Buffer {
  const header = new ThriftWriter();
  header.i32(1, 0);
  header.i32(2, plainLength);
  header.i32(3, length);
  header.struct(5, (page) => {
    page.i32(1, count);
    page.i32(2, encodings.plain);
    page.i32(3, encodings.rle);
    page.i32(4, encodings.rle);
  });
  return header.finish();
}

/** How a file names and types its columns, and what else its end says. */
export interface FileForm {
  columnName(index: number): string;
  physicalType(type: ColumnType): number;
  writeElement(element: ThriftWriter, type: ColumnType, name: string): void;
  /** Parquet's number of the compression. */
  codec: number;
  /** Key-value metadata and the order of statistics, after the row groups. `leaves`: columns, or their parts with values */
  writeRest?(meta: ThriftWriter, leaves: number): void;
}

/** Files that exist for seconds. */
export const passingForm: FileForm = { columnName: columnLabel, physicalType, writeElement, codec: 0 };

/** The end of the file. */
export function encodeFooter(types: readonly ColumnType[], groups: readonly RowGroup[], form: FileForm = passingForm): Buffer {
  const leaves = types.flatMap((type, index) => leavesOf(form.columnName(index), type));
  const nodes = types.flatMap((type, index) => nodesOf(form.columnName(index), type));
  const meta = new ThriftWriter();
  meta.i32(1, 1);
  meta.structs(2, [null, ...nodes], (element, node) => {
    if (node === null) {
      element.text(4, "schema");
      element.i32(5, types.length);
    } else if ("leaf" in node) form.writeElement(element, node.leaf, node.name);
    else writeGroup(element, node);
  });
  meta.i64(
    3,
    groups.reduce((sum, group) => sum + group.rows, 0),
  );
  meta.structs(4, groups, (fields, group) => {
    fields.structs(1, group.chunks, (chunk, range, index) => {
      chunk.i64(2, range.offset);
      chunk.struct(3, (column) => writeChunkMeta(column, leaves[index] as LeafPart, group.rows, range, form));
    });
    fields.i64(2, byteLength(group.chunks));
    fields.i64(3, group.rows);
  });
  form.writeRest?.(meta, leaves.length);
  const bytes = meta.finish();
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([bytes, length, magic]);
}

export function byteLength(parts: readonly { byteLength: number }[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0);
}

/** One bit a row in the RLE / bit-packed hybrid; a column without NULL is a single run. */
function definitionLevels({ rows, nulls, validity }: ColumnBuffer): Uint8Array[] {
  if (nulls === 0) return [Uint8Array.from([...varint(rows * 2), 1])];
  const groups = (rows + 7) >> 3;
  return [Uint8Array.from(varint(groups * 2 + 1)), validity.used()];
}

export function packBits(flags: Uint8Array): Uint8Array {
  const packed = new Uint8Array((flags.length + 7) >> 3);
  for (let i = 0; i < flags.length; i++) packed[i >> 3] = (packed[i >> 3] as number) | ((flags[i] as number) << (i & 7));
  return packed;
}

export function physicalType(type: ColumnType): number {
  switch (type.kind) {
    case "boolean":
      return physical.boolean;
    case "date":
      return physical.int32;
    case "smallint":
    case "integer":
    case "bigint":
    case "time":
    case "timestamp":
    case "timestamptz":
      return physical.int64;
    case "real":
    case "double":
      return physical.double;
    case "hugeint":
      return physical.fixed;
    case "decimal":
      return isShortDecimal(type.precision) ? physical.int64 : physical.fixed;
    case "interval":
    case "varchar":
    case "json":
    case "uuid":
    case "binary":
      return physical.byteArray;
    case "numeric":
      throw new Error("Parquet has no numeric without a precision");
  }
}

function writeElement(element: ThriftWriter, type: ColumnType, name: string): void {
  const stored = physicalType(type);
  element.i32(1, stored);
  if (stored === physical.fixed) element.i32(2, 16);
  element.i32(3, optional);
  element.text(4, name);
  if (["varchar", "json", "uuid", "interval"].includes(type.kind)) element.i32(6, converted.utf8);
  else if (type.kind === "date") element.i32(6, converted.date);
  else if (type.kind === "time") element.i32(6, converted.timeMicros);
  else if (type.kind === "decimal" || type.kind === "hugeint") {
    element.i32(6, converted.decimal);
    element.i32(7, type.kind === "decimal" ? type.scale : 0);
    element.i32(8, type.kind === "decimal" ? type.precision : 38);
  } else if (type.kind === "timestamptz" || type.kind === "timestamp")
    element.struct(10, (logical) => writeMicros(logical, type.kind === "timestamptz"));
}

const repeated = 2;
const list = 3;

/** A node of a column with parts. */
function writeGroup(element: ThriftWriter, { name, children, of }: Extract<Node, { children: number }>): void {
  element.i32(3, of === "items" ? repeated : optional);
  element.text(4, name);
  element.i32(5, children);
  if (of !== "list") return;
  element.i32(6, list);
  element.struct(10, (logical) => logical.struct(list, () => {}));
}

/** LogicalType TIMESTAMP(isAdjustedToUTC, unit = MICROS); 7 is TIME. */
export function writeMicros(logical: ThriftWriter, isAdjustedToUtc: boolean, id: 7 | 8 = 8): void {
  logical.struct(id, (timestamp) => {
    timestamp.bool(1, isAdjustedToUtc);
    timestamp.struct(2, (unit) => unit.struct(2, () => {}));
  });
}

function writeChunkMeta(column: ThriftWriter, { path, type }: LeafPart, rows: number, chunk: Chunk, form: FileForm): void {
  const { offset, byteLength: length, count = rows, plainLength = length, statistics } = chunk;
  column.i32(1, form.physicalType(type));
  column.i32s(2, [encodings.plain, encodings.rle]);
  column.texts(3, path);
  column.i32(4, form.codec);
  column.i64(5, count);
  column.i64(6, plainLength);
  column.i64(7, length);
  column.i64(9, offset);
  if (statistics === undefined) return;
  column.struct(12, (fields) => {
    fields.i64(3, statistics.nulls);
    if (statistics.range === undefined) return;
    fields.bytes(5, statistics.range.max);
    fields.bytes(6, statistics.range.min);
  });
}
