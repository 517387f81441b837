/** JSON's escapes, byte by byte, as JSON.stringify writes them. */

const hex = Buffer.from("0123456789abcdef");

/** For each byte: 0 when it needs no escape, the letter after the backslash, or `u` for \u00XX. */
const letters = new Uint8Array(256).fill(0x75, 0, 0x20);
for (const [byte, letter] of [
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0c, "f"],
  [0x0d, "r"],
  [0x22, '"'],
  [0x5c, "\\"],
] as const)
  letters[byte] = letter.charCodeAt(0);

/** Writes a byte of a string, escaped where JSON requires it. Returns the position after it. */
export function writeEscaped(byte: number, out: Uint8Array, at: number): number {
  const letter = letters[byte] as number;
  if (letter === 0) {
    out[at] = byte;
    return at + 1;
  }
  out[at] = 0x5c;
  out[at + 1] = letter;
  if (letter !== 0x75) return at + 2;
  out[at + 2] = 0x30;
  out[at + 3] = 0x30;
  out[at + 4] = hex[byte >> 4] as number;
  out[at + 5] = hex[byte & 15] as number;
  return at + 6;
}

/** The bytes that escaping adds to [start, end), for rows that are too long to reserve the maximum. */
export function escapedGrowth(input: Uint8Array, start: number, end: number): number {
  let growth = 0;
  for (let at = start; at < end; at++) {
    const letter = letters[input[at] as number];
    if (letter !== 0) growth += letter === 0x75 ? 5 : 1;
  }
  return growth;
}
