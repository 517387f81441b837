/** Cells that mean null in addition to the empty cell, such as `NULL` or `N/A`, compared byte by byte. */

export type Nulls = readonly Uint8Array[];

export const nullsOf = (words: readonly string[]): Nulls => words.map((word) => Buffer.from(word));

export function isNullMarker(nulls: Nulls, bytes: Uint8Array, start: number, end: number): boolean {
  return nulls.some((word) => word.length === end - start && isSame(word, bytes, start));
}

function isSame(word: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < word.length; i++) if (word[i] !== bytes[start + i]) return false;
  return true;
}
