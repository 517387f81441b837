/**
 * Reads values that are not in canonical form although their meaning is clear: `.5`, `5.`, `+5.00`, a minus sign that is no hyphen,
 * `TRUE`, and instants that end in ` UTC` or ` GMT`. Blanks around the value are already removed.
 */
import type { CanonicalWriter } from "./canonical-writer.ts";
import type { ColumnKind } from "./column-kind.ts";
import { booleanOf, isDigit, isInstant } from "./recognize.ts";

const [plus, minus, dot, zero, space] = [0x2b, 0x2d, 0x2e, 0x30, 0x20];

/** The writer for values of this kind without a format; the caller must check that the result fits the type. */
export function looseWriter(kind: ColumnKind): CanonicalWriter {
  switch (kind) {
    case "integer":
    case "decimal":
    case "number":
      return writeNumber;
    case "boolean":
      return writeBoolean;
    case "date-time":
      return writeInstant;
    default:
      return copyBytes;
  }
}

/** Length in bytes of the sign at `at`: a hyphen, a plus, or U+2212; 0 for none. */
export function signLength(input: Uint8Array, at: number, end: number): number {
  const byte = input[at];
  if (at >= end) return 0;
  if (byte === minus || byte === plus) return 1;
  return byte === 0xe2 && input[at + 1] === 0x88 && input[at + 2] === 0x92 && at + 2 < end ? 3 : 0;
}

/** A JSON number, also from a sign or a point that JSON does not allow. Digits are copied. */
export function writeNumber(input: Uint8Array, start: number, end: number, out: Uint8Array, from: number): number {
  let at = from;
  const sign = signLength(input, start, end);
  if (sign > 0 && input[start] !== plus) out[at++] = minus;
  let i = start + sign;
  const whole = i;
  while (i < end && isDigit(input[i] as number)) out[at++] = input[i++] as number;
  const hasWhole = i > whole;
  if (!hasWhole) out[at++] = zero;
  if (i < end && input[i] === dot) {
    const fraction = ++i;
    if (fraction < end && isDigit(input[fraction] as number)) out[at++] = dot;
    else if (!hasWhole) return -1;
    while (i < end && isDigit(input[i] as number)) out[at++] = input[i++] as number;
  } else if (!hasWhole) return -1;
  // The rest can only be an exponent, which the caller checks.
  for (; i < end; i++) out[at++] = input[i] as number;
  return at;
}

const words = [Buffer.from("false"), Buffer.from("true")] as const;

function writeBoolean(input: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  const value = booleanOf(input, start, end);
  if (value < 0) return -1;
  const word = words[value as 0 | 1];
  out.set(word, at);
  return at + word.length;
}

/** `2026-01-31 10:00:00 UTC` becomes `2026-01-31 10:00:00Z`. */
function writeInstant(input: Uint8Array, start: number, end: number, out: Uint8Array, from: number): number {
  if (isInstant(input, start, end)) return copyBytes(input, start, end, out, from);
  const name = end - 3;
  if (name <= start || !(isWord(input, name, "UTC") || isWord(input, name, "GMT"))) return -1;
  const at = copyBytes(input, start, input[name - 1] === space ? name - 1 : name, out, from);
  out[at] = 0x5a;
  return at + 1;
}

function isWord(input: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (input[at + i] !== word.charCodeAt(i)) return false;
  return true;
}

function copyBytes(input: Uint8Array, start: number, end: number, out: Uint8Array, from: number): number {
  let at = from;
  for (let i = start; i < end; i++) out[at++] = input[i] as number;
  return at;
}
