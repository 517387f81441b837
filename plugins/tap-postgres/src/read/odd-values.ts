/** Values of COPY's binary format that their types on the wire can't say, and how they are written once a column has become text. Pure. */
import { type PgType, type ValueText, writeDay, writeInstant, writeWord } from "@tapline/sdk";

/** Days from the first day of the year 2000 to that of the years 1 and 10000. */
const [firstDay, dayAfterLast] = [-730_119, 2_921_940];
const microsOfDay = 86_400_000_000;
const [mostDays, mostHigh] = [0x7fffffff, 0x7fffffff];
const [leastDays, leastHigh] = [-0x80000000, -0x80000000];
/** The high halves of the first and the last instant that schemas can say. */
const [firstHigh, lastHigh] = [firstDay, dayAfterLast].map((day) => Math.floor((day * microsOfDay) / 0x1_0000_0000)) as [number, number];

export type OddCheck = (input: Buffer, view: DataView, from: number, size: number) => boolean;

const isOddInstant: OddCheck = (_input, view, from) => {
  const high = view.getInt32(from);
  if (high > firstHigh && high < lastHigh) return false;
  const micros = view.getBigInt64(from);
  return micros < BigInt(firstDay) * BigInt(microsOfDay) || micros >= BigInt(dayAfterLast) * BigInt(microsOfDay);
};

const isNull: OddCheck = (input, _view, from, size) => size === 4 && input[from] === 0x6e;

/** Escapes, numbers that are too large, and a null with white space around it. */
const isOddJson: OddCheck = (input, _view, from, size) => {
  const first = input[from] as number;
  if (first <= 0x20 || first === 0x6e) return true;
  const text = input.toString("latin1", from, from + size);
  return text.includes("\\u") || /\d[eE][+-]?\d{4}/.test(text);
};

/** By type: whether a value of so many bytes is one that no file may have. Undefined: none is. */
export function oddCheck(type: PgType, isLoose: boolean): OddCheck | undefined {
  switch (type) {
    case "date":
      return (_input, view, from) => {
        const day = view.getInt32(from);
        return day < firstDay || day >= dayAfterLast;
      };
    case "timestamptz":
      return isOddInstant;
    case "time":
      // 24:00:00
      return (_input, view, from) => view.getInt32(from) === 20 && view.getUint32(from + 4) === 500_654_080;
    case "numeric":
      // NaN and the infinities have signs of their own.
      return (_input, view, from) => view.getUint16(from + 4) >= 0xc000;
    case "json":
      return isLoose ? isOddJson : isNull;
    default:
      return undefined;
  }
}

/** JSON's null arrives like SQL's. */
export function isJsonNull(input: Buffer, from: number, size: number): boolean {
  return input.toString("latin1", from, from + Math.min(size, 64)).trim() === "null";
}

/** By type of `textOf`, what writes the value as the server writes it, in UTC. */
export const serverTexts: Readonly<Record<string, ValueText>> = {
  "date as text": (_input, view, from, _size, out, at) => {
    const day = view.getInt32(from);
    if (day === mostDays || day === leastDays) return writeWord(`"${day > 0 ? "" : "-"}infinity"`, out, at);
    return ended(writeDay(day, out, quoteAt(out, at)), day < firstDay, out);
  },
  "timestamp as text": instantText(""),
  "timestamptz as text": instantText("+00"),
};

/** The type of a column that has become text; undefined where its values are written as before. */
export function textOf(type: PgType, form: string): string | undefined {
  if (type === "timestamptz") return `${form} as text`;
  return type === "date" ? "date as text" : undefined;
}

function instantText(zone: string): ValueText {
  return (_input, view, from, _size, out, at) => {
    const [high, low] = [view.getInt32(from), view.getUint32(from + 4)];
    if (high === mostHigh && low === 0xffffffff) return writeWord('"infinity"', out, at);
    if (high === leastHigh && low === 0) return writeWord('"-infinity"', out, at);
    const next = writeInstant(view, from, 0x20, out, quoteAt(out, at));
    return ended(writeWord(zone, out, next), view.getBigInt64(from) < BigInt(firstDay) * BigInt(microsOfDay), out);
  };
}

function quoteAt(out: Buffer, at: number): number {
  out[at] = 0x22;
  return at + 1;
}

const ended = (at: number, isBeforeChrist: boolean, out: Buffer): number => writeWord(isBeforeChrist ? ' BC"' : '"', out, at);
