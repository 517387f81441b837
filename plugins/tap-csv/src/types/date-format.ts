/**
 * Converts dates and times from a strptime pattern, such as `%d.%m.%Y` or `%m/%d/%Y %I:%M %p`, to ISO 8601. The directives are
 * those of Python's strptime (`%d`, `%m`, `%H`, … take one or two digits); `%S` also takes a fraction of a second, and `%z` an offset or a
 * zone name of RFC 2822. Blanks around a value are ignored.
 */
import { blanksEnd, blanksStart } from "./blanks.ts";
import type { CanonicalWriter } from "./canonical-writer.ts";
import { isDay, isDigit } from "./recognize.ts";
import type { ZoneOffset } from "./time-zone.ts";

export type DateKind = "date" | "time" | "date-time";

/** The parts of the value in one cell; the object is reused for every cell. */
interface Moment {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fractionStart: number;
  fractionEnd: number;
  isAfternoon: boolean | undefined;
  /** Minutes east of Greenwich. */
  zone: number | undefined;
}

/** Reads one part at `at` into the moment and returns the position after it, or -1. */
type Step = (input: Uint8Array, at: number, end: number, moment: Moment) => number;

/**
 * Undefined when the pattern does not suit the kind: a directive is unknown, or a part is missing or repeated. `zone`: the time zone
 * of values without one; a date-time pattern without `%z` needs it.
 */
export function dateWriter(kind: DateKind, pattern: string, zone: ZoneOffset | undefined): CanonicalWriter | undefined {
  const steps = stepsOf(kind, pattern, zone !== undefined);
  if (steps === undefined) return undefined;
  const moment: Moment = { ...noMoment };
  return (input, start, end, out, at) => {
    Object.assign(moment, noMoment);
    let from = blanksEnd(input, start, end);
    const last = blanksStart(input, from, end);
    for (const step of steps) {
      from = step(input, from, last, moment);
      if (from < 0) return -1;
    }
    if (from !== last || !isOnTheClock(moment)) return -1;
    if (kind !== "time" && !isDay(moment.year, moment.month, moment.day)) return -1;
    let to = at;
    if (kind !== "time") to = writeDay(moment, out, to);
    if (kind === "date") return to;
    if (kind === "date-time") out[to++] = 0x54;
    to = writeClock(moment, input, out, to);
    if (kind === "time") return to;
    const offset = moment.zone ?? zone?.(moment.year, moment.month, moment.day, moment.hour, moment.minute);
    return offset === undefined ? -1 : writeOffset(offset, out, to);
  };
}

const noMoment: Moment = {
  year: 0,
  month: 0,
  day: 0,
  hour: 0,
  minute: 0,
  second: 0,
  fractionStart: 0,
  fractionEnd: 0,
  isAfternoon: undefined,
  zone: undefined,
};

const [minus, plus, comma, colon, dot, zero, space] = [0x2d, 0x2b, 0x2c, 0x3a, 0x2e, 0x30, 0x20];

function stepsOf(kind: DateKind, pattern: string, hasZone: boolean): Step[] | undefined {
  const seen = new Set<string>();
  const steps: Step[] = [];
  for (const [, letter, literal] of pattern.matchAll(/%(.)|([^%])/gsu)) {
    if (literal !== undefined || letter === "%") {
      steps.push(literalStep(literal ?? "%"));
      continue;
    }
    const directive = directives[letter as string];
    if (directive === undefined || seen.has(directive.part)) return undefined;
    seen.add(directive.part);
    steps.push(directive.step);
  }
  if (pattern.replace(/%./gsu, "").includes("%")) return undefined;
  const needed = kind === "time" ? [] : ["year", "month", "day"];
  if (kind !== "date") needed.push("hour", "minute");
  if (kind === "date-time" && !hasZone) needed.push("zone");
  const offered = new Set([
    ...needed,
    ...(kind === "date" ? [] : ["second", "half"]),
    ...(kind === "time" ? [] : ["weekday"]),
    ...(kind === "date-time" ? ["zone"] : []),
  ]);
  const isWhole = needed.every((part) => seen.has(part)) && [...seen].every((part) => offered.has(part));
  return isWhole && isHourClear(pattern) ? steps : undefined;
}

/** %I and %p need each other. */
const isHourClear = (pattern: string): boolean => pattern.includes("%I") === pattern.includes("%p");

const months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

const directives: Record<string, { part: string; step: Step }> = {
  Y: { part: "year", step: digits(4, 4, "year") },
  // As in POSIX: 69 to 99 are in the 20th century.
  y: { part: "year", step: digits(2, 2, "year", (value) => (value < 69 ? 2000 + value : 1900 + value)) },
  m: { part: "month", step: digits(1, 2, "month") },
  a: { part: "weekday", step: weekdayStep },
  A: { part: "weekday", step: weekdayStep },
  b: { part: "month", step: monthStep },
  B: { part: "month", step: monthStep },
  d: { part: "day", step: digits(1, 2, "day") },
  H: { part: "hour", step: digits(1, 2, "hour") },
  I: { part: "hour", step: digits(1, 2, "hour", (value) => (value >= 1 && value <= 12 ? value : 99)) },
  p: { part: "half", step: halfStep },
  M: { part: "minute", step: digits(1, 2, "minute") },
  S: { part: "second", step: secondStep },
  z: { part: "zone", step: zoneStep },
};

function digits(
  min: number,
  max: number,
  part: "year" | "month" | "day" | "hour" | "minute" | "second",
  meaning: (value: number) => number = (value) => value,
): Step {
  return (input, from, end, moment) => {
    let at = from;
    let value = 0;
    while (at < end && at - from < max && isDigit(input[at] as number)) value = value * 10 + (input[at++] as number) - zero;
    if (at - from < min) return -1;
    moment[part] = meaning(value);
    return at;
  };
}

function literalStep(text: string): Step {
  const bytes = Buffer.from(text);
  return (input, at, end) => {
    if (end - at < bytes.length) return -1;
    for (let i = 0; i < bytes.length; i++) if (input[at + i] !== bytes[i]) return -1;
    return at + bytes.length;
  };
}

/** An English month, in full or its first three letters. */
function monthStep(input: Uint8Array, at: number, end: number, moment: Moment): number {
  const text = Buffer.from(input.subarray(at, Math.min(end, at + 9)))
    .toString("latin1")
    .toLowerCase();
  const index = months.findIndex((name) => text.startsWith(name.slice(0, 3)));
  if (index < 0) return -1;
  const name = months[index] as string;
  moment.month = index + 1;
  return at + (text.startsWith(name) ? name.length : 3);
}

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** An English weekday, in full or its first three letters. Whether it is that of the date is not checked. */
function weekdayStep(input: Uint8Array, at: number, end: number): number {
  const text = Buffer.from(input.subarray(at, Math.min(end, at + 9)))
    .toString("latin1")
    .toLowerCase();
  const name = weekdays.find((each) => text.startsWith(each.slice(0, 3)));
  if (name === undefined) return -1;
  return at + (text.startsWith(name) ? name.length : 3);
}

function halfStep(input: Uint8Array, at: number, end: number, moment: Moment): number {
  if (end - at < 2 || ((input[at + 1] as number) | 0x20) !== 0x6d) return -1;
  const letter = (input[at] as number) | 0x20;
  if (letter !== 0x61 && letter !== 0x70) return -1;
  moment.isAfternoon = letter === 0x70;
  return at + 2;
}

const wholeSecond = digits(1, 2, "second");

/** At most microseconds; more digits must be 0. */
function secondStep(input: Uint8Array, from: number, end: number, moment: Moment): number {
  const point = wholeSecond(input, from, end, moment);
  if (point < 0 || point + 1 >= end || (input[point] !== dot && input[point] !== comma) || !isDigit(input[point + 1] as number))
    return point;
  let at = point + 1;
  for (; at < end && isDigit(input[at] as number); at++) if (at - point > 6 && input[at] !== zero) return -1;
  moment.fractionStart = point + 1;
  moment.fractionEnd = at;
  return at;
}

/** The zone names of RFC 2822, section 4.3, with their offsets in minutes; none is the start of another one before it. */
const zoneNames = Object.entries({
  UTC: 0,
  UT: 0,
  GMT: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
});

/** Z, +HH, +HHMM, +HH:MM or a name, with an optional space before it. */
function zoneStep(input: Uint8Array, from: number, end: number, moment: Moment): number {
  let at = input[from] === space && from < end ? from + 1 : from;
  if (at >= end) return -1;
  if ((input[at] as number) >= 0x41) {
    const text = Buffer.from(input.subarray(at, Math.min(end, at + 3))).toString("latin1");
    const named = zoneNames.find(([name]) => text.startsWith(name));
    if (named !== undefined) {
      moment.zone = named[1];
      return at + named[0].length;
    }
  }
  const sign = input[at++];
  moment.zone = 0;
  if (sign === 0x5a || sign === 0x7a) return at;
  if (sign !== plus && sign !== minus) return -1;
  const hours = twoDigits(input, at, end);
  at += 2;
  const hasColon = at < end && input[at] === colon;
  const minutes = at === end ? 0 : twoDigits(input, hasColon ? at + 1 : at, end);
  if (at !== end) at += hasColon ? 3 : 2;
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return -1;
  moment.zone = (sign === minus ? -1 : 1) * (hours * 60 + minutes);
  return at;
}

function twoDigits(input: Uint8Array, at: number, end: number): number {
  if (end - at < 2 || !isDigit(input[at] as number) || !isDigit(input[at + 1] as number)) return -1;
  return ((input[at] as number) - zero) * 10 + (input[at + 1] as number) - zero;
}

function isOnTheClock(moment: Moment): boolean {
  if (moment.isAfternoon !== undefined) moment.hour = (moment.hour % 12) + (moment.hour > 12 ? 99 : 0) + (moment.isAfternoon ? 12 : 0);
  return moment.hour < 24 && moment.minute < 60 && moment.second < 60;
}

function writeDay({ year, month, day }: Moment, out: Uint8Array, from: number): number {
  let at = writePair(Math.floor(year / 100), out, from);
  at = writePair(year % 100, out, at);
  out[at++] = minus;
  at = writePair(month, out, at);
  out[at++] = minus;
  return writePair(day, out, at);
}

function writeClock(
  { hour, minute, second, fractionStart, fractionEnd }: Moment,
  input: Uint8Array,
  out: Uint8Array,
  from: number,
): number {
  let at = writePair(hour, out, from);
  out[at++] = colon;
  at = writePair(minute, out, at);
  out[at++] = colon;
  at = writePair(second, out, at);
  if (fractionEnd > fractionStart) out[at++] = dot;
  for (let i = fractionStart; i < fractionEnd; i++) out[at++] = input[i] as number;
  return at;
}

function writeOffset(minutes: number, out: Uint8Array, from: number): number {
  let at = from;
  if (minutes === 0) {
    out[at++] = 0x5a;
    return at;
  }
  const size = Math.abs(minutes);
  out[at++] = minutes < 0 ? minus : plus;
  at = writePair(Math.floor(size / 60), out, at);
  out[at++] = colon;
  return writePair(size % 60, out, at);
}

function writePair(value: number, out: Uint8Array, at: number): number {
  out[at] = zero + Math.floor(value / 10);
  out[at + 1] = zero + (value % 10);
  return at + 2;
}
