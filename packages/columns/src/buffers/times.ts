/** Dates as days, times of day and instants as microseconds. */
import { type Clock, checkFraction, readDate, readInstant, readTime } from "../values/calendar.ts";
import { Refusal } from "../values/refusal.ts";
import { writeSafeInt64 } from "./numbers.ts";
import type { WriteValue } from "./write-value.ts";

const scratch: Clock = { seconds: 0, micros: 0 };

export function writeDate(view: DataView, at: number, value: unknown): void {
  view.setInt32(at, readDate(value), true);
}

const secondsPerDay = 86_400;

/** `hasNoEnd`: 24:00:00 is refused. */
export function timeWriter(fractionDigits?: number, hasNoEnd = false): WriteValue {
  return (view, at, value) => {
    readTime(value, scratch);
    if (hasNoEnd && scratch.seconds === secondsPerDay) throw new Refusal("invalid_time");
    checkFraction(scratch, fractionDigits);
    writeMicros(view, at, scratch);
  };
}

/** Remembers the last text, because columns with the time of extraction or loading repeat it for a whole batch. */
export function timestampWriter(fractionDigits?: number): WriteValue {
  let lastText = "";
  const last: Clock = { seconds: 0, micros: 0 };
  return (view, at, value) => {
    if (typeof value !== "string") throw new Refusal("wrong_type");
    if (value !== lastText || value === "") {
      lastText = "";
      if (!readInstant(value, last)) throw new Refusal("invalid_timestamp");
      checkFraction(last, fractionDigits);
      lastText = value;
    }
    writeMicros(view, at, last);
  };
}

/** Microseconds exceed a double's 53 bits before 1684 and after 2255. */
export function writeMicros(view: DataView, at: number, { seconds, micros }: Clock): void {
  const total = seconds * 1_000_000 + micros;
  if (Number.isSafeInteger(total)) writeSafeInt64(view, at, total);
  else view.setBigInt64(at, BigInt(seconds) * 1_000_000n + BigInt(micros), true);
}
