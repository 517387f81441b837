/** Whether the text of a date or a time is one that JSON Schema has. Pure, over bytes. */
const zeroDay = Buffer.from("0000-00-00");

/** 0000-00-00, with any zeros after it. */
export function isZeroDate(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < zeroDay.length; i++) if (bytes[start + i] !== zeroDay[i]) return false;
  return true;
}

/** Years 1 to 9999, and days that the month has. */
export function isPlainDay(bytes: Uint8Array, start: number): boolean {
  const year = two(bytes, start) * 100 + two(bytes, start + 2);
  const month = two(bytes, start + 5);
  const day = two(bytes, start + 8);
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (isLeap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return day <= days;
}

/** 00:00:00 to 23:59:59.999999: the type goes from -838 to 838 hours. */
export function isPlainTime(bytes: Uint8Array, start: number): boolean {
  return bytes[start + 2] === colon && two(bytes, start) < 24;
}

const colon = 0x3a;

function two(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) - 0x30) * 10 + (bytes[at + 1] as number) - 0x30;
}
