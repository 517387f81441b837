/** Where JSON values end that are not simply text without escapes or short numbers. -1 where it takes a parser to know. */
import { exactNumber, parseLine } from "@tapline/protocol";

const [quote, backslash, lineEnd] = [0x22, 0x5c, 0x0a];

/** 1 for each byte that text may have as it is: neither a quote, a backslash nor a control character. */
export const isPlain = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte !== quote && byte !== backslash ? 1 : 0));

const [lowest, highBits, ones] = [0x20202020, 0x80808080, 0x01010101];
const [quotes, backslashes] = [0x22222222, 0x5c5c5c5c];

/** Whether all four bytes of a word are plain. */
export function isPlainWord(word: number): boolean {
  const quoted = word ^ quotes;
  const escaped = word ^ backslashes;
  return ((((word - lowest) & ~word) | ((quoted - ones) & ~quoted) | ((escaped - ones) & ~escaped)) & highBits) === 0;
}

const escapes = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) escapes[byte] = 1;

/** The index of the quote that ends the text which goes on at `from`. -1 also for half a surrogate pair and for U+0000, which some databases refuse. */
export function endOfText(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at] as number;
    if (isPlain[byte] === 1) at++;
    else if (byte === quote) return at;
    else if (byte !== backslash) return -1;
    else if (escapes[bytes[at + 1] as number] === 1) at += 2;
    else {
      const unit = escapedUnit(bytes, at);
      if (unit <= 0 || (unit >= 0xdc00 && unit <= 0xdfff)) return -1;
      at += 6;
      if (unit < 0xd800 || unit > 0xdfff) continue;
      const low = escapedUnit(bytes, at);
      if (low < 0xdc00 || low > 0xdfff) return -1;
      at += 6;
    }
  }
}

/** The code unit of the `\uXXXX` at `at`; -1 where there is none. */
function escapedUnit(bytes: Buffer, at: number): number {
  if (bytes[at] !== backslash || bytes[at + 1] !== 0x75) return -1;
  const text = bytes.toString("latin1", at + 2, at + 6);
  return /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : -1;
}

/** A value, and the index after it. */
export interface ParsedValue {
  value: unknown;
  end: number;
}

const isOfNumber = new Uint8Array(256);
for (const byte of Buffer.from("0123456789+-.eE")) isOfNumber[byte] = 1;

/** A number at `from`, with all its digits. */
export function parseNumber(bytes: Buffer, from: number): ParsedValue | undefined {
  let end = from;
  while (isOfNumber[bytes[end] as number] === 1) end++;
  const text = bytes.toString("latin1", from, end);
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text) ? { value: exactNumber(text), end } : undefined;
}

/** Values may be nested less deep here than in a line. */
const mostDepth = 100;

/** An object or a list at `from`. Undefined where parts of it may not be stored. */
export function parseNested(bytes: Buffer, from: number): ParsedValue | undefined {
  const end = endOfNested(bytes, from);
  if (end < 0) return undefined;
  if (bytes.subarray(from, end).includes("\\u0000")) return undefined;
  try {
    return { value: parseLine(bytes, from, end, 0), end };
  } catch {
    // The line is parsed again as a whole, which gives the error with its position.
    return undefined;
  }
}

function endOfNested(bytes: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      at = endOfQuoted(bytes, at + 1);
      if (at < 0) return -1;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > mostDepth) return -1;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (--depth <= 0) return at + 1;
    } else if (byte === lineEnd || depth === 0) return -1;
  }
  return -1;
}

/** Whatever escapes there are: the parser checks them. */
function endOfQuoted(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length && bytes[at] !== lineEnd; at++) {
    if (bytes[at] === quote) return at;
    if (bytes[at] === backslash && bytes[++at] === lineEnd) return -1;
  }
  return -1;
}
