/** COPY's escapes as JSON's, one at a time. COPY escapes \b, \f, \n, \r, \t, \v and the backslash, and nothing else. */

const backslash = 0x5c;
const letterV = 0x76;
const hex = Buffer.from("0123456789abcdef");

/** Writes into a JSON string the byte at `i`, or the escape that starts there. Returns the position after it. */
export function writeCopyText(input: Uint8Array, i: number, out: Uint8Array, at: number): number {
  const byte = input[i] as number;
  if (byte !== backslash) return byte === 0x22 ? writePair(0x22, out, at) : writeControl(byte, out, at);
  const escaped = input[i + 1] as number;
  // A vertical tab is the one that JSON spells another way.
  return escaped === letterV ? writeControl(0x0b, out, at) : writePair(escaped, out, at);
}

/** Writes what COPY escaped in a JSON document: a backslash, or white space between its parts, for which a space stands. */
export function writeJsonText(escaped: number, out: Uint8Array, at: number): number {
  out[at] = escaped === backslash ? backslash : 0x20;
  return at + 1;
}

function writePair(byte: number, out: Uint8Array, at: number): number {
  out[at] = backslash;
  out[at + 1] = byte;
  return at + 2;
}

/** A control character as \u00XX. */
function writeControl(byte: number, out: Uint8Array, at: number): number {
  out[at] = backslash;
  out[at + 1] = 0x75;
  out[at + 2] = 0x30;
  out[at + 3] = 0x30;
  out[at + 4] = hex[byte >> 4] as number;
  out[at + 5] = hex[byte & 15] as number;
  return at + 6;
}
