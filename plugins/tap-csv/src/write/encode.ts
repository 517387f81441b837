/** Encodes cells as JSON values, from bytes to bytes, with one encoder for each type. Digits are copied, never computed. */
import { quotedFlag } from "../rows/cells.ts";
import { blanksEnd, blanksStart } from "../types/blanks.ts";
import { type ColumnType, canonicalCheck, canonicalWriter } from "../types/column-type.ts";
import { isNullMarker, type Nulls } from "../types/null-values.ts";
import { booleanOf } from "../types/recognize.ts";
import { writeEscaped } from "./escape.ts";

/**
 * Writes the cell [start, end) of `input` to `out` at `at`. Returns the position after it, or -1 when the cell does not fit the type.
 * `out` must have room for six times the bytes of the cell and six more.
 */
export type CellEncoder = (input: Uint8Array, start: number, end: number, flags: number, out: Uint8Array, at: number) => number;

export function cellEncoder(type: ColumnType): CellEncoder {
  const encode = type.kind === "string" ? textEncoder(type) : type.format === undefined ? plainEncoder(type) : rewritingEncoder(type);
  return type.nulls === undefined ? encode : withNulls(encode, type.nulls, type.kind === "string");
}

/** In a column that was widened to text, values of the earlier type are spelled as in the rows before. */
function textEncoder({ was }: ColumnType): CellEncoder {
  if (was === undefined || was.kind === "string") return writeString;
  const isFit = canonicalCheck(was);
  const write = canonicalWriter(was);
  return (input, start, end, flags, out, at) => {
    const next = start === end ? -1 : write(input, start, end, out, at + 1);
    if (next < 0 || !isFit(out, at + 1, next)) return writeString(input, start, end, flags, out, at);
    out[at] = out[next] = quote;
    return next + 1;
  };
}

/** Nearly all cells are in canonical form, so these are only checked and copied. */
function plainEncoder(type: ColumnType): CellEncoder {
  const isFit = canonicalCheck(type);
  const write = type.kind === "boolean" ? writeBoolean : isTemporal(type) ? copyQuoted : copy;
  const rewrite = rewritingEncoder(type);
  return (input, start, end, flags, out, at) => {
    if (start === end) return writeNull(out, at);
    return isFit(input, start, end) ? write(input, start, end, out, at) : rewrite(input, start, end, flags, out, at);
  };
}

/** Writes the value in canonical form first and then checks whether it fits the type. A cell of blanks is null. */
function rewritingEncoder(type: ColumnType): CellEncoder {
  const isFit = canonicalCheck(type);
  const write = canonicalWriter(type);
  const marks = isTemporal(type) ? 1 : 0;
  return (input, start, end, _flags, out, at) => {
    if (blanksEnd(input, start, end) === end) return writeNull(out, at);
    const next = write(input, start, end, out, at + marks);
    if (next < 0 || !isFit(out, at + marks, next)) return -1;
    if (marks > 0) out[at] = out[next] = quote;
    return next + marks;
  };
}

/** In a text column, a null word in quotes is text, and so is one with blanks around it. */
function withNulls(encode: CellEncoder, nulls: Nulls, isText: boolean): CellEncoder {
  return (input, start, end, flags, out, at) => {
    const isWord = isText && (flags & quotedFlag) !== 0;
    const from = isText ? start : blanksEnd(input, start, end);
    const isNull = !isWord && isNullMarker(nulls, input, from, isText ? end : blanksStart(input, from, end));
    return isNull ? writeNull(out, at) : encode(input, start, end, flags, out, at);
  };
}

const isTemporal = ({ kind }: ColumnType): boolean => kind === "date" || kind === "time" || kind === "date-time";

const quote = 0x22;
const trueBytes = Buffer.from("true");
const falseBytes = Buffer.from("false");

function writeString(input: Uint8Array, start: number, end: number, flags: number, out: Uint8Array, from: number): number {
  if (start === end && (flags & quotedFlag) === 0) return writeNull(out, from);
  let at = from;
  out[at++] = quote;
  for (let i = start; i < end; i++) at = writeEscaped(input[i] as number, out, at);
  out[at++] = quote;
  return at;
}

function writeBoolean(input: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  return booleanOf(input, start, end) === 1 ? copy(trueBytes, 0, 4, out, at) : copy(falseBytes, 0, 5, out, at);
}

function writeNull(out: Uint8Array, at: number): number {
  out[at] = 0x6e;
  out[at + 1] = 0x75;
  out[at + 2] = 0x6c;
  out[at + 3] = 0x6c;
  return at + 4;
}

function copyQuoted(input: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  out[at] = quote;
  const next = copy(input, start, end, out, at + 1);
  out[next] = quote;
  return next + 1;
}

/** A loop, because `set` and `copyWithin` take several times as long for the few bytes of a cell. */
export function copy(input: Uint8Array, start: number, end: number, out: Uint8Array, from: number): number {
  let at = from;
  for (let i = start; i < end; i++) out[at++] = input[i] as number;
  return at;
}
