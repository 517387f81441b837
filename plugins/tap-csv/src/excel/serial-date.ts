/**
 * Dates and times from the serial numbers that a worksheet stores: days since 1899-12-31 (the 1900 system, which has a 29th of
 * February 1900 that never was) or since 1904-01-01, and the time as a fraction of the day. To the millisecond, as Excel shows it.
 */
import type { DateFormat } from "./number-format.ts";

const dayMs = 86_400_000;
const lastDay = Date.UTC(9999, 11, 31);

/**
 * `2026-01-31`, `13:45:00`, `2026-01-31T13:45:00.5` or, for a length of time, `36:00:00`. A date format with a time in its number
 * gives both. Undefined when the number is no date in that system, which Excel shows as `####`.
 */
export function dateText(serial: number, format: DateFormat, is1904: boolean): string | undefined {
  if (!(serial >= 0)) return undefined;
  const total = Math.round(serial * dayMs);
  if (!Number.isSafeInteger(total)) return undefined;
  if (format === "duration") return clockText(total);
  const day = Math.floor(total / dayMs);
  const clock = total - day * dayMs;
  if (format === "time" && day === 0) return clockText(clock);
  const date = dayText(day, is1904);
  if (date === undefined) return undefined;
  return format === "date" && clock === 0 ? date : `${date}T${clockText(clock)}`;
}

/** Days 0 and 60 of the 1900 system are none of the calendar; they are written as Excel shows them. */
function dayText(day: number, is1904: boolean): string | undefined {
  if (!is1904 && day === 0) return "1900-01-00";
  if (!is1904 && day === 60) return "1900-02-29";
  const time = Date.UTC(is1904 ? 1904 : 1899, is1904 ? 0 : 11, is1904 ? 1 : day < 60 ? 31 : 30) + day * dayMs;
  return time > lastDay ? undefined : new Date(time).toISOString().slice(0, 10);
}

function clockText(ms: number): string {
  const pair = (value: number): string => String(value).padStart(2, "0");
  const seconds = Math.floor(ms / 1000);
  const fraction = ms % 1000;
  const clock = `${pair(Math.floor(seconds / 3600))}:${pair(Math.floor(seconds / 60) % 60)}:${pair(seconds % 60)}`;
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(3, "0").replace(/0+$/, "")}`;
}
