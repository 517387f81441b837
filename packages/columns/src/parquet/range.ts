/** The smallest and the largest value of a column chunk, by which readers skip row groups. Pure. */
import type { ColumnBuffer } from "../buffers/column-buffer.ts";
import { isShortDecimal } from "../buffers/decimal.ts";
import type { ColumnType } from "../types/column-type.ts";

interface Range {
  min: Buffer;
  max: Buffer;
}

/** Longer texts would make the end of the file long. */
const mostTextBytes = 256;

/** Undefined for a chunk without values, and for types whose range helps nobody. `isKey`: texts get a range too. */
export function rangeOf({ data }: ColumnBuffer, type: ColumnType, isKey: boolean): Range | undefined {
  const bytes = data.used();
  if (bytes.length === 0) return undefined;
  switch (type.kind) {
    case "date":
      return rangeOf32(bytes);
    case "bigint":
    case "time":
    case "timestamp":
    case "timestamptz":
      return rangeOf64(bytes);
    case "decimal":
      return isShortDecimal(type.precision) ? rangeOf64(bytes) : undefined;
    case "varchar":
      return isKey ? rangeOfTexts(bytes) : undefined;
    default:
      return undefined;
  }
}

function rangeOf32(bytes: Buffer): Range {
  const values = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let [min, max] = [values[0] as number, values[0] as number];
  for (let i = 1; i < values.length; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  const written = (value: number): Buffer => {
    const out = Buffer.allocUnsafe(4);
    out.writeInt32LE(value);
    return out;
  };
  return { min: written(min), max: written(max) };
}

/** Compared in halves, so that no value becomes a BigInt. */
function rangeOf64(bytes: Buffer): Range {
  const count = bytes.length / 8;
  const highs = new Int32Array(bytes.buffer, bytes.byteOffset, count * 2);
  const lows = new Uint32Array(bytes.buffer, bytes.byteOffset, count * 2);
  let [min, max] = [0, 0];
  for (let at = 2; at < count * 2; at += 2) {
    const high = highs[at + 1] as number;
    const low = lows[at] as number;
    const minHigh = highs[min + 1] as number;
    const maxHigh = highs[max + 1] as number;
    if (high < minHigh || (high === minHigh && low < (lows[min] as number))) min = at;
    else if (high > maxHigh || (high === maxHigh && low > (lows[max] as number))) max = at;
  }
  const copied = (at: number): Buffer => Buffer.from(bytes.subarray(at * 4, at * 4 + 8));
  return { min: copied(min), max: copied(max) };
}

function rangeOfTexts(bytes: Buffer): Range | undefined {
  let min = textAt(bytes, 0);
  let max = min;
  for (let at = 4 + min.length; at < bytes.length; ) {
    const text = textAt(bytes, at);
    if (text.compare(min) < 0) min = text;
    else if (text.compare(max) > 0) max = text;
    at += 4 + text.length;
  }
  return min.length > mostTextBytes || max.length > mostTextBytes ? undefined : { min: Buffer.from(min), max: Buffer.from(max) };
}

function textAt(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at));
}
