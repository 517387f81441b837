/** Lengths of time, for columns that others made. Pure. */
import { Refusal } from "./refusal.ts";

/** Months, days and microseconds are kept apart, as in databases: no month has a fixed number of days. */
export interface Interval {
  months: number;
  days: number;
  micros: bigint;
}

const clockForm = /^([+-]?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?$/;
const partForm = /^([+-]?\d+(?:\.\d+)?) ?([a-z]+)$/i;
const isoForm =
  /^P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+(?:\.\d+)?)S)?)?$/;

const secondMicros = 1_000_000n;
/** The end of each unit's name is left out. */
const units: readonly (readonly [name: RegExp, months: number, days: number, micros: bigint])[] = [
  [/^(?:y|years?|yrs?)$/i, 12, 0, 0n],
  [/^(?:mons?|months?)$/i, 1, 0, 0n],
  [/^(?:w|weeks?)$/i, 0, 7, 0n],
  [/^(?:d|days?)$/i, 0, 1, 0n],
  [/^(?:h|hours?|hrs?)$/i, 0, 0, 3600n * secondMicros],
  [/^(?:m|minutes?|mins?)$/i, 0, 0, 60n * secondMicros],
  [/^(?:s|seconds?|secs?)$/i, 0, 0, secondMicros],
];
const isoUnits = ["y", "mon", "w", "d", "h", "m", "s"];

/**
 * Units with their numbers, a clock time, or both ("1 year -2 days 03:04:05.5"), or ISO 8601 ("P1Y2M3DT4H5M6.5S"). Only seconds may have a
 * fraction, as databases round others. @throws Refusal wrong_type, invalid_interval, seconds_too_fine
 */
export function readInterval(value: unknown): Interval {
  if (typeof value !== "string") throw new Refusal("wrong_type");
  const sum: Interval = { months: 0, days: 0, micros: 0n };
  for (const [number, unit] of partsOf(value.trim())) {
    const [, months, days, micros] = units.find(([name]) => name.test(unit)) ?? [];
    if (months === undefined || days === undefined || micros === undefined) throw new Refusal("invalid_interval");
    if (number.includes(".") && micros !== secondMicros) throw new Refusal("invalid_interval");
    sum.months += months * Number(number);
    sum.days += days * Number(number);
    if (micros !== 0n) sum.micros += micros === secondMicros ? microsOf(number) : micros * BigInt(number);
  }
  const isLarge = Math.max(Math.abs(sum.months), Math.abs(sum.days)) > 0x7fff_ffff || sum.micros > largest || sum.micros < -largest;
  if (isLarge) throw new Refusal("invalid_interval");
  return sum;
}

const largest = 2n ** 63n - 1n;

/** Pairs of a number and a unit. @throws Refusal invalid_interval */
function partsOf(text: string): [number: string, unit: string][] {
  const iso = isoForm.exec(text);
  if (iso !== null) {
    const parts = isoUnits.flatMap((unit, index): [string, string][] => {
      const number = iso[index + 1];
      return number === undefined ? [] : [[number, unit]];
    });
    if (parts.length > 0 && !text.endsWith("T")) return parts;
  }
  // "1 day, 2:03:04" is how Python writes it.
  const words = text.match(/[+-]?\d+:[\d:.]+|[+-]?[\d.]+ ?[a-z]+/gi) ?? [];
  if (words.length === 0 || words.join("") !== text.replace(/,? +(?=[+-]?\d)/g, "")) throw new Refusal("invalid_interval");
  return words.flatMap((word, index) => {
    const clock = index === words.length - 1 ? clockForm.exec(word) : null;
    if (clock !== null) return clockParts(clock);
    const part = partForm.exec(word);
    if (part === null) throw new Refusal("invalid_interval");
    return [[part[1] as string, part[2] as string]];
  });
}

function clockParts([, sign = "", hours = "", minutes = "", seconds = "0"]: RegExpExecArray): [string, string][] {
  return [
    [sign + hours, "h"],
    [sign + minutes, "m"],
    [sign + seconds, "s"],
  ];
}

function microsOf(seconds: string): bigint {
  const [whole = "", fraction = ""] = seconds.replace(/^[+-]/, "").split(".");
  if (/[1-9]/.test(fraction.slice(6))) throw new Refusal("seconds_too_fine");
  const micros = BigInt(whole) * secondMicros + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  return seconds.startsWith("-") ? -micros : micros;
}

/** As text that databases read. `plus`: the sign of numbers that are not negative. */
export function intervalText({ months, days, micros }: Interval, plus: "+" | ""): string {
  const signed = (number: number): string => (number < 0 ? String(number) : plus + number);
  const size = micros < 0n ? -micros : micros;
  const [seconds, rest] = [size / secondMicros, size % secondMicros];
  const two = (number: bigint): string => String(number).padStart(2, "0");
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}.${String(rest).padStart(6, "0")}`;
  return `${signed(months)} months ${signed(days)} days ${micros < 0n ? "-" : plus}${clock}`;
}
