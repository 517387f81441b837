/**
 * Dates and times that JSON Schema's formats can say: in the years 1 to 9999. PostgreSQL also has `infinity`, years with five digits and
 * years before Christ. The text is that of DateStyle ISO, and of time zone UTC.
 */

const minus = 0x2d;
const digit0 = 0x30;
const digit9 = 0x39;

/** Whether YYYY-MM-DD and nothing else is the value at `i`. */
export function isPlainDate(input: Uint8Array, i: number): boolean {
  return hasPlainYear(input, i) && isEnd(input[i + 10] as number);
}

/** The position after the seconds of the value at `i`, or -1 where it is no YYYY-MM-DD HH:MM:SS[.ffffff][+00]. */
export function isPlainTimestamp(input: Uint8Array, i: number): number {
  if (!hasPlainYear(input, i) || input[i + 10] !== 0x20) return -1;
  let at = i + 19;
  if (input[at] === 0x2e) {
    at++;
    while ((input[at] as number) >= digit0 && (input[at] as number) <= digit9) at++;
  }
  const after = input[at] === 0x2b ? at + 3 : at;
  return isEnd(input[after] as number) ? at : -1;
}

function hasPlainYear(input: Uint8Array, i: number): boolean {
  const first = input[i] as number;
  return first >= digit0 && first <= digit9 && input[i + 4] === minus && input[i + 7] === minus;
}

/** A tab or the end of the row: anything else is a longer value, such as one that ends with BC. */
function isEnd(byte: number): boolean {
  return byte === 0x09 || byte === 0x0a;
}
