/** Values that are not null in COPY's binary format: for each type the function that writes one after the bytes of a lane. Pure. */
import {
  type Clock,
  type ColumnType,
  checkFraction,
  fractionDigits,
  Refusal,
  readBase64,
  readDate,
  readDouble,
  readInstant,
  readInterval,
  readReal,
  readTime,
  readUuid,
  writeUtf8,
} from "@tapline/columns";
import { setClock, setDay, setInteger, setMicros } from "./binary-numbers.ts";
import type { ColumnFormat } from "./format.ts";
import { valueText } from "./value-text.ts";

type Write = ColumnFormat["write"];

/** Writes values that all have the same width. @throws what `set` throws */
function fixed(width: number, set: (view: DataView, at: number, value: unknown) => void): Write {
  return (value, out) => {
    out.reserve(width);
    set(out.view, out.length, value);
    out.length += width;
  };
}

export const writeBoolean = fixed(1, (view, at, value) => {
  if (typeof value !== "boolean") throw new Refusal("wrong_type");
  view.setUint8(at, value ? 1 : 0);
});

const kinds = { 2: "smallint", 4: "integer", 8: "bigint" } as const;

export function integerWriter(width: 2 | 4 | 8): Write {
  const spell = valueText({ kind: kinds[width] });
  const limit = Math.min(2 ** (8 * width - 1), Number.MAX_SAFE_INTEGER);
  return fixed(width, (view, at, value) => {
    if (typeof value === "number" && Number.isInteger(value) && value < limit && value >= -limit) setInteger(view, at, width, value);
    else if (width === 8) view.setBigInt64(at, BigInt(spell(value)));
    else setInteger(view, at, width, Number(spell(value)));
  });
}

export const writeReal = fixed(4, (view, at, value) => view.setFloat32(at, readReal(value)));

export const writeDouble = fixed(8, (view, at, value) => view.setFloat64(at, readDouble(value)));

export const writeDate = fixed(4, (view, at, value) => setDay(view, at, readDate(value)));

const scratch: Clock = { seconds: 0, micros: 0 };

export function timeWriter(type: ColumnType): Write {
  const digits = fractionDigits(type);
  return fixed(8, (view, at, value) => {
    readTime(value, scratch);
    checkFraction(scratch, digits);
    setClock(view, at, scratch.seconds, scratch.micros);
  });
}

/** The first and the last second of the years 0001 to 9999. */
const [firstSecond, lastSecond] = [-62_135_596_800, 253_402_300_799];

/** Remembers the last text, because columns with the time of extraction or loading repeat it for a whole batch. */
export function instantWriter(type: ColumnType): Write {
  const spell = valueText(type);
  const digits = fractionDigits(type);
  const last: Clock = { seconds: 0, micros: 0 };
  let lastText: unknown;
  return fixed(8, (view, at, value) => {
    if (value !== lastText) {
      lastText = undefined;
      if (typeof value !== "string") throw new Refusal("wrong_type");
      if (!readInstant(value, last)) throw new Refusal("invalid_timestamp");
      checkFraction(last, digits);
      // An offset can lead to other years: what those may be is decided in one place.
      if (last.seconds < firstSecond || last.seconds > lastSecond) spell(value);
      lastText = value;
    }
    setMicros(view, at, last);
  });
}

/** Source: the server's `interval_recv`. */
export const writeInterval = fixed(16, (view, at, value) => {
  const { months, days, micros } = readInterval(value);
  view.setBigInt64(at, micros);
  view.setInt32(at + 8, days);
  view.setInt32(at + 12, months);
});

export const writeUuid: Write = (value, out) => {
  out.reserve(16);
  out.length += out.bytes.write(readUuid(value).replaceAll("-", ""), out.length, "hex");
};

export const writeBytes: Write = (value, out) => {
  const bytes = readBase64(value);
  out.reserve(bytes.length);
  out.length += bytes.copy(out.bytes, out.length);
};

/** @param version a byte before the text */
export function textWriter(type: ColumnType, version?: number): Write {
  const spell = valueText(type);
  return (value, out) => {
    const text = spell(value);
    if (text.includes("\0")) throw new Refusal("nul_character");
    out.reserve(text.length * 3 + 1);
    if (version !== undefined) out.bytes[out.length++] = version;
    out.length += writeUtf8(out.bytes, out.length, text);
  };
}
