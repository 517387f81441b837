/** Checks on four bytes at a time, as a little-endian word from a DataView. A result has bit 7 set in each byte that it is about. */

/** A word that has `byte` in all four bytes. */
export const fourTimes = (byte: number): number => Math.imul(byte, 0x01010101);

/**
 * Sets bit 7 of the first byte that is the one in `marks`, a quote, a backslash or a control byte; 0 when there is none. Ignore the bits of later bytes.
 * Source: S. E. Anderson, Bit Twiddling Hacks, "Determine if a word has a zero byte", "… has a byte less than n".
 */
export function specialsIn(word: number, marks: number): number {
  const mark = word ^ marks;
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return (
    (((mark - 0x01010101) & ~mark) |
      ((quote - 0x01010101) & ~quote) |
      ((backslash - 0x01010101) & ~backslash) |
      ((word - 0x20202020) & ~word)) &
    0x80808080
  );
}

/** Sets bit 7 of the first byte that is not a digit; 0 when all are digits. */
export function nonDigitsIn(word: number): number {
  const digits = word ^ 0x30303030;
  return ((digits + 0x76767676) | digits) & 0x80808080;
}

/** The index (0 to 3) of the first byte with bit 7 set. */
export const firstOf = (bits: number): number => (31 - Math.clz32(bits & -bits)) >> 3;

/** Whether two words are `YYYY-MM-` with a valid month, from year 1 on. */
export function isYearAndMonth(year: number, month: number): boolean {
  if (nonDigitsIn(year) !== 0 || year === 0x30303030 || nonDigitsIn(month ^ 0x1d00001d) !== 0) return false;
  if ((month & 0xff0000ff) !== 0x2d00002d) return false;
  const number = ((month >> 8) & 15) * 10 + ((month >> 16) & 15);
  return number >= 1 && number <= 12;
}

/** Whether two words are a valid `hh:mm:ss`. */
export function isClock(first: number, second: number): boolean {
  if ((first & 0x00ff0000) !== 0x003a0000 || (second & 0x0000ff00) !== 0x00003a00) return false;
  if (nonDigitsIn(first ^ 0x000a0000) !== 0 || nonDigitsIn(second ^ 0x00000a00) !== 0) return false;
  return (first & 15) * 10 + ((first >> 8) & 15) < 24 && ((first >> 24) & 15) < 6 && ((second >> 16) & 15) < 6;
}
