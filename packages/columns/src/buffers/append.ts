/** For each column type the function that appends a chunk of JSON values to a column's buffer: exactly, or it throws. Pure. */
import { type ColumnType, fractionDigits, shapeOf } from "../types/column-type.ts";
import { readBase64, readUuid } from "../values/encoded.ts";
import { intervalText, readInterval } from "../values/interval.ts";
import { jsonText, textReader } from "../values/text.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { decimalWriter, isShortDecimal } from "./decimal.ts";
import { nestedAppender } from "./nested.ts";
import { integerWriter, writeBigint, writeBoolean, writeDouble, writeHugeint, writeReal } from "./numbers.ts";
import { writeUtf8 } from "./text.ts";
import { timestampWriter, timeWriter, writeDate } from "./times.ts";
import type { Append, WriteValue } from "./write-value.ts";

export function appender(type: ColumnType): Append {
  switch (type.kind) {
    case "boolean":
      return fixed(1, writeBoolean);
    case "smallint":
    case "integer":
      return fixed(8, integerWriter(type.kind === "smallint" ? 16 : 32));
    case "bigint":
      return fixed(8, writeBigint);
    case "hugeint":
      return fixed(16, writeHugeint);
    case "real":
      return fixed(8, writeReal);
    case "double":
      return fixed(8, writeDouble);
    case "decimal":
      return fixed(isShortDecimal(type.precision) ? 8 : 16, decimalWriter(type.precision, type.scale));
    case "date":
      return fixed(4, writeDate);
    case "time":
      return fixed(8, timeWriter(fractionDigits(type), "hasNoEnd" in type));
    case "timestamp":
    case "timestamptz":
      return fixed(8, timestampWriter(fractionDigits(type)));
    case "interval":
      return strings((value) => intervalText(readInterval(value), ""));
    case "varchar":
      return strings(textReader(type));
    case "json":
      return shapeOf(type) === undefined ? strings(jsonText) : nestedAppender(type, appender);
    case "uuid":
      return strings(readUuid);
    case "binary":
      return appendBinary;
    case "numeric":
      throw new Error("Parquet has no numeric without a precision");
  }
}

function fixed(width: number, write: WriteValue): Append {
  return (values, count, out) => {
    out.begin(count);
    out.data.reserve(count * width);
    const { view } = out.data;
    let at = out.data.length;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      if (value === null || value === undefined) out.markNull(i);
      else {
        write(view, at, value);
        at += width;
      }
    }
    out.data.length = at;
    out.end(count);
  };
}

function strings(textOf: (value: unknown) => string): Append {
  return (values, count, out) => {
    out.begin(count);
    const lane = out.data;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      if (value === null || value === undefined) {
        out.markNull(i);
        continue;
      }
      const text = textOf(value);
      lane.reserve(4 + text.length * 3);
      const start = lane.length + 4;
      const size = writeUtf8(lane.bytes, start, text);
      lane.view.setUint32(start - 4, size, true);
      lane.length = start + size;
    }
    out.end(count);
  };
}

function appendBinary(values: readonly unknown[], count: number, out: ColumnBuffer): void {
  out.begin(count);
  const lane = out.data;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      out.markNull(i);
      continue;
    }
    const bytes = readBase64(value);
    lane.reserve(4 + bytes.length);
    lane.view.setUint32(lane.length, bytes.length, true);
    bytes.copy(lane.bytes, lane.length + 4);
    lane.length += 4 + bytes.length;
  }
  out.end(count);
}
