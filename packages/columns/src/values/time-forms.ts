/** Dates and times in forms that taps write and `calendar.ts` does not read, rewritten to forms that it reads. Pure. */
import { dateText, readDay } from "./calendar.ts";

/** Called where digits after the sixth of a fraction were cut off that are not all 0. */
export type OnCut = () => void;

const date = "(\\d{4}-\\d\\d-\\d\\d)";
const clock = "(\\d\\d:\\d\\d(?::\\d\\d)?)(?:\\.(\\d+))?";
const zones = "((?:[Zz]|[+-]\\d\\d(?::?\\d\\d)?){0,2})";
const instantForm = new RegExp(`^${date}([Tt ])${clock}${zones}$`);
const timeForm = new RegExp(`^${clock}${zones}$`);

/** A doubled offset becomes a single one, 24:00:00 the next day, and a fraction is cut to six digits. Other text is returned as it is. */
export function usualInstant(text: string, onCut: OnCut): string {
  const match = instantForm.exec(text);
  if (match === null) return text;
  const [, day = "", separator = "", time = "", fraction = "", zone = ""] = match;
  const rest = fractionText(fraction, onCut) + singleZone(zone);
  return isEndOfDay(time, fraction) ? `${dateText(readDay(day) + 1)}${separator}00:00:00${rest}` : `${day}${separator}${time}${rest}`;
}

/** As `usualInstant`, but 24:00:00 stays: columns of times hold it. */
export function usualTime(text: string, onCut: OnCut): string {
  const match = timeForm.exec(text);
  if (match === null) return text;
  const [, time = "", fraction = "", zone = ""] = match;
  return time + fractionText(fraction, onCut) + singleZone(zone);
}

function fractionText(fraction: string, onCut: OnCut): string {
  if (/[1-9]/.test(fraction.slice(6))) onCut();
  return fraction === "" ? "" : `.${fraction.slice(0, 6)}`;
}

function isEndOfDay(time: string, fraction: string): boolean {
  return (time === "24:00" || time === "24:00:00") && !/[1-9]/.test(fraction);
}

/** `+00:00+00:00` and `+00:00Z` become one zone where both are the same. */
function singleZone(zones: string): string {
  const [first, second] = zones.match(/[Zz]|[+-][\d:]+/g) ?? [];
  return first !== undefined && second !== undefined && offsetOf(first) === offsetOf(second) ? first : zones;
}

/** `+0200`, `+02` and `+02:00` are the same, and so are `Z` and `-00:00`. */
function offsetOf(zone: string): string {
  const digits = zone.replaceAll(":", "").padEnd(5, "0");
  return /^[Zz]|^.0000$/.test(digits) ? "Z" : digits;
}
