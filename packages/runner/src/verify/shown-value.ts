/** A value for people: the texts of days, moments and floating-point numbers are those of the digest. Pure. */
import type { ColumnStatistics } from "@tapline/protocol";
import type { ColumnPair } from "./pair-columns.ts";
import type { Cell } from "./same-value.ts";

export function shownValue(cell: Cell, { kind, digits = 6 }: Pick<ColumnPair, "kind" | "digits">): Cell {
  if (cell === null || /inf|nan/i.test(cell)) return cell;
  switch (kind) {
    case "date":
      return shownDay(Number(cell));
    case "timestamp":
    case "instant":
      return shownMoment(cell, digits) + (kind === "instant" ? "Z" : "");
    case "time":
      return shownTime(cell, digits);
    case "float":
      return String(Number(cell));
    case "real":
      return String(Number(Number(cell).toPrecision(8)) === Math.fround(Number(cell)) ? Number(cell) : Number(Number(cell).toPrecision(9)));
    default:
      return cell;
  }
}

/** The least and the most as people read them. */
export function shownStatistics(
  statistics: ColumnStatistics | null | undefined,
  pair: Pick<ColumnPair, "kind" | "digits">,
): ColumnStatistics | null {
  if (statistics === null || statistics === undefined) return null;
  const { min, max } = statistics;
  return {
    ...statistics,
    ...(min !== undefined && { min: shownValue(min, pair) }),
    ...(max !== undefined && { max: shownValue(max, pair) }),
  };
}

const dayMs = 86_400_000;

/** Days since 1970, in the calendar that goes on before its introduction; year 0 is 1 BC. */
function shownDay(days: number): string {
  const date = new Date(days * dayMs);
  if (Number.isNaN(date.getTime())) return `day ${days}`;
  const year = date.getUTCFullYear();
  const rest = `${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  return year > 0 ? `${String(year).padStart(4, "0")}-${rest}` : `${String(1 - year).padStart(4, "0")}-${rest} BC`;
}

const pad = (value: number | bigint): string => String(value).padStart(2, "0");

/** Seconds with a fraction: rounded down to days, so that times before 1970 are right. */
function shownMoment(text: string, digits: number): string {
  const isNegative = text.startsWith("-");
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const scale = 10n ** BigInt(fraction.length);
  const units = BigInt(whole + fraction) * (isNegative ? -1n : 1n);
  const perDay = 86_400n * scale;
  const days = (units - (((units % perDay) + perDay) % perDay)) / perDay;
  const rest = units - days * perDay;
  const time = `${rest / scale}${fraction === "" ? "" : `.${String(rest % scale).padStart(fraction.length, "0")}`}`;
  const day = shownDay(Number(days));
  return day.endsWith(" BC") ? `${day.slice(0, -3)} ${shownTime(time, digits)} BC` : `${day} ${shownTime(time, digits)}`;
}

function shownTime(text: string, digits: number): string {
  const [whole = "0", fraction = ""] = text.split(".");
  const seconds = BigInt(whole);
  const part = fraction.slice(0, digits).replace(/0+$/, "");
  return `${pad(seconds / 3600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}${part === "" ? "" : `.${part}`}`;
}
