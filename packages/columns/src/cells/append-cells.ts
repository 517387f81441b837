/**
 * For each column type the function that appends the cells of a chunk to a column's buffer. Usual cells are read from the bytes of their
 * lines; any other becomes a value, which is written as the values of rows are. Both give the same bytes. Pure.
 */
import { appender } from "../buffers/append.ts";
import type { ColumnBuffer } from "../buffers/column-buffer.ts";
import { type ColumnType, fractionDigits, shapeOf } from "../types/column-type.ts";
import type { AppendCells } from "./appender.ts";
import { booleanCells, decimalCells, doubleCells, integerCells } from "./numbers.ts";
import { textCells } from "./texts.ts";
import { dateCells, timestampCells } from "./times.ts";
import { valueCells } from "./values.ts";

export function cellAppender(type: ColumnType): AppendCells {
  switch (type.kind) {
    case "boolean":
      return booleanCells();
    case "smallint":
    case "integer":
    case "bigint":
      return integerCells(type.kind);
    case "double":
      return doubleCells();
    case "decimal":
      return decimalCells(type.precision, type.scale);
    case "date":
      return dateCells();
    case "timestamp":
    case "timestamptz":
      return timestampCells(fractionDigits(type));
    case "varchar":
      return type.length === undefined && type.labels === undefined ? textCells() : valueCells(appender(type));
    default:
      return valueCells(appender(type));
  }
}

/** Appends the same value `count` times. */
export function appendRepeated(type: ColumnType): (value: unknown, count: number, out: ColumnBuffer) => void {
  const append = appender(type);
  // Its parts have levels even where there is no value.
  if (shapeOf(type) !== undefined) return (value, count, out) => append(new Array<unknown>(count).fill(value), count, out);
  return (value, count, out) => {
    if (value === null || value === undefined) {
      out.begin(count);
      for (let i = 0; i < count; i++) out.markNull(i);
      out.end(count);
      return;
    }
    const { data } = out;
    const start = data.length;
    append([value], 1, out);
    const width = data.length - start;
    data.reserve(width * (count - 1));
    const total = width * count;
    for (let done = width; done < total; done *= 2) data.bytes.copyWithin(start + done, start, start + Math.min(done, total - done));
    data.length = start + total;
    out.begin(count - 1);
    out.end(count - 1);
  };
}
