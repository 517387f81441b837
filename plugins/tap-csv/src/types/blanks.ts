/** Blanks around a cell: they are part of a text, but not of a number, a date or a boolean. */

const [space, tab] = [0x20, 0x09];

/** Length in bytes of a space, a no-break space, or a figure, thin or narrow no-break space. */
export function spaceLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  if (bytes[at] === space) return 1;
  if (bytes[at] === 0xc2 && bytes[at + 1] === 0xa0 && at + 1 < end) return 2;
  return bytes[at] === 0xe2 && bytes[at + 1] === 0x80 && at + 2 < end && isNarrow(bytes[at + 2]) ? 3 : 0;
}

/** The last byte of U+2007, U+2009 and U+202F. */
const isNarrow = (byte: number | undefined): boolean => byte === 0xaf || byte === 0x89 || byte === 0x87;

/** The position of the first byte that is not a blank. */
export function blanksEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (;;) {
    const length = bytes[at] === tab && at < end ? 1 : spaceLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
}

/** The position after the last byte that is not a blank. */
export function blanksStart(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start) {
    const byte = bytes[at - 1];
    if (byte === space || byte === tab) at--;
    else if (byte === 0xa0 && at - 2 >= start && bytes[at - 2] === 0xc2) at -= 2;
    else if (isNarrow(byte) && at - 3 >= start && bytes[at - 2] === 0x80 && bytes[at - 3] === 0xe2) at -= 3;
    else break;
  }
  return at;
}
