/** Levels of a column's part in Parquet's hybrid of runs and packed bits: one packed run. Pure. Source: Encodings.md of Apache Parquet. */
import type { Part } from "../buffers/column-buffer.ts";
import type { LeafPart } from "../types/parts.ts";
import { varint } from "./thrift.ts";

/** What stands before the values of a page: repetition levels where there are lists, then definition levels, each with its length. */
export function pageLevels({ repetitions, definitions }: Part, { repetition, definition }: LeafPart): Uint8Array[] {
  return [
    ...(repetition > 0 ? withLength(packed(repetitions.used(), repetition)) : []),
    ...withLength(packed(definitions.used(), definition)),
  ];
}

function withLength(parts: readonly Uint8Array[]): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(parts.reduce((sum, part) => sum + part.length, 0));
  return [length, ...parts];
}

/** Eight levels a group, low bits first. */
function packed(levels: Uint8Array, most: number): Uint8Array[] {
  const width = 32 - Math.clz32(most);
  const groups = (levels.length + 7) >> 3;
  const bits = new Uint8Array(groups * width);
  let at = 0;
  let held = 0;
  let byte = 0;
  for (const level of levels) {
    byte |= level << held;
    held += width;
    for (; held >= 8; held -= 8) {
      bits[at++] = byte & 255;
      byte >>= 8;
    }
  }
  if (held > 0) bits[at] = byte & 255;
  return [Uint8Array.from(varint(groups * 2 + 1)), bits];
}
