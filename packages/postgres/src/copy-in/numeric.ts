/**
 * The binary form of numeric: how many digits to the base 10,000 there are, the power of the first one, the sign, how many decimal digits
 * are shown after the point, and the digits. Pure. Source: the server's `numeric_recv`.
 */
import { type ColumnType, type Lane, Refusal } from "@tapline/columns";
import { powerOfTen } from "@tapline/sdk";
import type { ColumnFormat } from "./format.ts";
import { valueText } from "./value-text.ts";

const headerBytes = 8;
const negative = 0x4000;
const specials = new Map([
  ["NaN", 0xc000],
  ["Infinity", 0xd000],
  ["-Infinity", 0xf000],
]);

/** The number `digits` / 10^`scale`, both below 16 digits, without zeros at the end of its fraction. */
export function writeNumeric(out: Lane, digits: number, scale: number): void {
  let left = Math.abs(digits);
  let shown = left === 0 ? 0 : scale;
  for (; shown > 0 && left % 10 === 0; shown--) left /= 10;
  const unit = powerOfTen(shown);
  let whole = Math.floor(left / unit);
  const places = (shown + 3) >> 2;
  let fraction = (left - whole * unit) * powerOfTen(places * 4 - shown);
  const wholePlaces = whole === 0 ? 0 : whole < 1e4 ? 1 : whole < 1e8 ? 2 : whole < 1e12 ? 3 : 4;
  writeHeader(out, wholePlaces + places, wholePlaces - 1, digits < 0 ? negative : 0, shown);
  out.reserve(2 * (wholePlaces + places));
  const { view } = out;
  const point = out.length + 2 * wholePlaces;
  for (let at = point - 2; whole > 0; at -= 2) {
    const rest = Math.floor(whole / 10_000);
    view.setInt16(at, whole - rest * 10_000);
    whole = rest;
  }
  for (let at = point + 2 * places - 2; at >= point; at -= 2) {
    const rest = Math.floor(fraction / 10_000);
    view.setInt16(at, fraction - rest * 10_000);
    fraction = rest;
  }
  out.length = point + 2 * places;
}

/** The form of the numbers that columns take. */
const form = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Digits after the point that the server can show. */
const mostShown = 16_383;

export function numericWriter(type: ColumnType): ColumnFormat["write"] {
  const spell = valueText(type);
  const shown = type.kind === "decimal" ? type.scale : mostShown;
  return (value, out) => writeText(out, spell(value), shown);
}

/** @throws Refusal wrong_type */
function writeText(out: Lane, text: string, mostShown: number): void {
  const special = specials.get(text);
  if (special !== undefined) {
    writeHeader(out, 0, 0, special, 0);
    return;
  }
  const match = form.exec(text);
  if (match === null) throw new Refusal("wrong_type");
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const point = whole.length + Number(power);
  // So many zeros before the digits put the point between two places.
  const zeros = -point & 3;
  const digits = "0".repeat(zeros) + whole + fraction;
  const places = (digits.length + 3) >> 2;
  const shown = Math.min(Math.max(fraction.length - Number(power), 0), mostShown);
  writeHeader(out, places, (point + zeros) / 4 - 1, sign === "-" ? negative : 0, shown);
  out.reserve(2 * places);
  for (let from = 0; from < digits.length; from += 4) {
    out.view.setInt16(out.length, Number(digits.slice(from, from + 4).padEnd(4, "0")));
    out.length += 2;
  }
}

function writeHeader(out: Lane, places: number, weight: number, sign: number, shown: number): void {
  out.reserve(headerBytes);
  const { view, length } = out;
  view.setInt16(length, places);
  view.setInt16(length + 2, weight);
  view.setInt16(length + 4, sign);
  view.setInt16(length + 6, shown);
  out.length = length + headerBytes;
}
