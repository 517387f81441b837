/**
 * Parquet's layout for files that exist for seconds: PLAIN values, no compression, every column optional, one page in each column chunk.
 * Pure: column buffers to bytes. Source: parquet.thrift and Encodings.md of Apache Parquet.
 */

import type { ColumnBuffer } from "../buffers/column-buffer.ts";
import { isShortDecimal } from "../buffers/decimal.ts";
import type { ColumnType } from "../types/column-type.ts";
import { ThriftWriter, varint } from "./thrift.ts";

export const magic = Buffer.from("PAR1");

/** Where a column chunk is in the file. */
export interface ChunkRange {
  offset: number;
  byteLength: number;
}

export interface RowGroup {
  rows: number;
  chunks: ChunkRange[];
}

const physical = { boolean: 0, int32: 1, int64: 2, double: 5, byteArray: 6, fixed: 7 } as const;
const converted = { utf8: 0, decimal: 5, date: 6, timeMicros: 8 } as const;
const optional = 1;
const encodings = { plain: 0, rle: 3 } as const;

/** Columns are numbered in the file, so any name loads, and two names may differ only in case. */
export function columnLabel(index: number): string {
  return `c${index}`;
}

/** One column chunk: page header, definition levels, values. */
export function encodeChunk(buffer: ColumnBuffer, type: ColumnType): Uint8Array[] {
  const values = type.kind === "boolean" ? packBits(buffer.data.used()) : buffer.data.used();
  const levels = definitionLevels(buffer);
  const levelsLength = Buffer.alloc(4);
  levelsLength.writeUInt32LE(byteLength(levels));
  const size = 4 + byteLength(levels) + values.length;
  const header = new ThriftWriter();
  header.i32(1, 0);
  header.i32(2, size);
  header.i32(3, size);
  header.struct(5, (page) => {
    page.i32(1, buffer.rows);
    page.i32(2, encodings.plain);
    page.i32(3, encodings.rle);
    page.i32(4, encodings.rle);
  });
  return [header.finish(), levelsLength, ...levels, values];
}

/** The end of the file. */
export function encodeFooter(types: readonly ColumnType[], groups: readonly RowGroup[]): Buffer {
  const meta = new ThriftWriter();
  meta.i32(1, 1);
  meta.structs(2, [null, ...types], (element, type, index) => {
    if (type === null) {
      element.text(4, "schema");
      element.i32(5, types.length);
    } else writeElement(element, type, columnLabel(index - 1));
  });
  meta.i64(
    3,
    groups.reduce((sum, group) => sum + group.rows, 0),
  );
  meta.structs(4, groups, (fields, group) => {
    fields.structs(1, group.chunks, (chunk, range, index) => {
      chunk.i64(2, range.offset);
      chunk.struct(3, (column) => writeChunkMeta(column, types[index] as ColumnType, index, group.rows, range));
    });
    fields.i64(2, byteLength(group.chunks));
    fields.i64(3, group.rows);
  });
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

function packBits(flags: Uint8Array): Uint8Array {
  const packed = new Uint8Array((flags.length + 7) >> 3);
  for (let i = 0; i < flags.length; i++) packed[i >> 3] = (packed[i >> 3] as number) | ((flags[i] as number) << (i & 7));
  return packed;
}

function physicalType(type: ColumnType): number {
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

/** LogicalType TIMESTAMP(isAdjustedToUTC, unit = MICROS). */
function writeMicros(logical: ThriftWriter, isAdjustedToUtc: boolean): void {
  logical.struct(8, (timestamp) => {
    timestamp.bool(1, isAdjustedToUtc);
    timestamp.struct(2, (unit) => unit.struct(2, () => {}));
  });
}

function writeChunkMeta(column: ThriftWriter, type: ColumnType, index: number, rows: number, range: ChunkRange): void {
  column.i32(1, physicalType(type));
  column.i32s(2, [encodings.plain, encodings.rle]);
  column.texts(3, [columnLabel(index)]);
  column.i32(4, 0);
  column.i64(5, rows);
  column.i64(6, range.byteLength);
  column.i64(7, range.byteLength);
  column.i64(9, range.offset);
}
