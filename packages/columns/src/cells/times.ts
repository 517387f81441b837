/** Cells of dates and instants in their usual spelling; others are read as values. */
import { cellKind } from "@tapline/sdk";
import { timestampWriter, writeDate, writeMicros } from "../buffers/times.ts";
import { type Clock, checkFraction, daysOf } from "../values/calendar.ts";
import type { AppendCells } from "./appender.ts";
import { fixedCells } from "./fixed.ts";

/** YYYY-MM-DD. */
export function dateCells(): AppendCells {
  return fixedCells(
    4,
    (view, at, { kinds, starts, ends }, cell, { bytes }) => {
      const from = starts[cell] as number;
      if (kinds[cell] !== cellKind.text || (ends[cell] as number) - from !== 10) return false;
      const day = dayAt(bytes, from);
      if (Number.isNaN(day)) return false;
      view.setInt32(at, day, true);
      return true;
    },
    writeDate,
  );
}

/** Columns with the time of extraction repeat a text for thousands of rows. */
export function timestampCells(fractionDigits: number | undefined): AppendCells {
  const clock: Clock = { seconds: 0, micros: 0 };
  const last = lastText();
  return fixedCells(
    8,
    (view, at, { kinds, starts, ends }, cell, { bytes, view: text }) => {
      if (kinds[cell] !== cellKind.text) return false;
      const from = starts[cell] as number;
      const to = ends[cell] as number;
      if (!last.is(text, from, to)) {
        last.forget();
        if (!readUsualInstant(bytes, from, to, clock)) return false;
        checkFraction(clock, fractionDigits);
        last.remember(text, from, to);
      }
      writeMicros(view, at, clock);
      return true;
    },
    timestampWriter(fractionDigits),
  );
}

/** Compares text with the last one that was remembered, which had 20 to 27 bytes. */
function lastText() {
  const words = new Int32Array(7);
  let length = -1;
  return {
    is(view: DataView, from: number, to: number): boolean {
      if (to - from !== length) return false;
      const end = to - 4;
      if (view.getInt32(end, true) !== words[6]) return false;
      for (let at = from, i = 0; at < end; at += 4, i++) if (view.getInt32(at, true) !== words[i]) return false;
      return true;
    },
    remember(view: DataView, from: number, to: number): void {
      length = to - from;
      const end = to - 4;
      for (let at = from, i = 0; at < end; at += 4, i++) words[i] = view.getInt32(at, true);
      words[6] = view.getInt32(end, true);
    },
    forget(): void {
      length = -1;
    },
  };
}

/** YYYY-MM-DDTHH:MM:SS, a point with up to six digits where there are some, and Z. @returns false where the text is any other */
export function readUsualInstant(bytes: Buffer, from: number, to: number, clock: Clock): boolean {
  const length = to - from;
  if (length < 20 || length > 27 || bytes[to - 1] !== 0x5a || bytes[from + 10] !== 0x54) return false;
  const day = dayAt(bytes, from);
  const hour = twoDigits(bytes, from + 11);
  const minute = twoDigits(bytes, from + 14);
  const second = twoDigits(bytes, from + 17);
  const hasColons = bytes[from + 13] === 0x3a && bytes[from + 16] === 0x3a;
  if (Number.isNaN(day) || !hasColons || (hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) return false;
  let micros = 0;
  if (length > 20) {
    if (bytes[from + 19] !== 0x2e || length === 21) return false;
    let unit = 100_000;
    for (let at = from + 20; at < to - 1; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) return false;
      micros += digit * unit;
      unit /= 10;
    }
  }
  clock.seconds = day * 86_400 + hour * 3600 + minute * 60 + second;
  clock.micros = micros;
  return true;
}

/** Days since 1970-01-01 of the ten bytes YYYY-MM-DD; NaN where they are not a date. */
export function dayAt(bytes: Buffer, at: number): number {
  if (bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d) return Number.NaN;
  const century = twoDigits(bytes, at);
  const year = twoDigits(bytes, at + 2);
  return (century | year) < 0 ? Number.NaN : daysOf(century * 100 + year, twoDigits(bytes, at + 5), twoDigits(bytes, at + 8));
}

/** -1 where the two bytes are no digits. */
function twoDigits(bytes: Buffer, at: number): number {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
