/** Formats in which a file writes values, and their conversion to canonical form. Digits are copied, never computed. */
import { blanksEnd, blanksStart } from "./blanks.ts";
import type { CanonicalWriter } from "./canonical-writer.ts";
import type { ColumnKind } from "./column-kind.ts";
import { dateWriter } from "./date-format.ts";
import { numberWriter, readNumberStyle } from "./number-format.ts";
import type { ZoneOffset } from "./time-zone.ts";

export interface ValueFormat {
  /** As in the config: `1.234,56 €`, `%d.%m.%Y`, `yes/no`. */
  text: string;
  write: CanonicalWriter;
}

/** Undefined when the text is not a format for this kind. `zone`: the time zone of times that have none. */
export function valueFormat(kind: ColumnKind, text: string, zone?: ZoneOffset): ValueFormat | undefined {
  const write = writerOf(kind, text, zone);
  return write && { text, write };
}

function writerOf(kind: ColumnKind, text: string, zone: ZoneOffset | undefined): CanonicalWriter | undefined {
  switch (kind) {
    case "integer":
    case "decimal":
    case "number": {
      const style = readNumberStyle(text);
      return style && numberWriter(style);
    }
    case "boolean":
      return booleanWriter(text);
    case "date":
    case "time":
    case "date-time":
      return dateWriter(kind, text, zone);
    case "string":
      return undefined;
  }
}

/** `yes/no`: the word for true, a slash, the word for false. Case does not matter for ASCII letters. */
function booleanWriter(text: string): CanonicalWriter | undefined {
  const words = text.split("/").map((word) => Buffer.from(word.toLowerCase()));
  const [yes, no] = words;
  if (yes === undefined || no === undefined || words.length > 2 || yes.length === 0 || no.length === 0 || yes.equals(no)) return undefined;
  const is = (word: Uint8Array, input: Uint8Array, start: number, end: number): boolean => {
    if (end - start !== word.length) return false;
    return word.every((byte, i) => lower(input[start + i] as number) === byte);
  };
  return (input, start, end, out, at) => {
    const from = blanksEnd(input, start, end);
    const to = blanksStart(input, from, end);
    const value = is(yes, input, from, to) ? trueBytes : is(no, input, from, to) ? falseBytes : undefined;
    if (value === undefined) return -1;
    out.set(value, at);
    return at + value.length;
  };
}

const trueBytes = Buffer.from("true");
const falseBytes = Buffer.from("false");

const lower = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

let scratch = new Uint8Array(256);

/** The value in canonical form, or undefined when `isFit` refuses it. Valid until the next call. */
export function canonical(
  write: CanonicalWriter,
  input: Uint8Array,
  start: number,
  end: number,
  isFit: (bytes: Uint8Array, start: number, end: number) => boolean,
): Uint8Array | undefined {
  if (scratch.length < end - start + 32) scratch = new Uint8Array(2 * (end - start) + 32);
  const length = write(input, start, end, scratch, 0);
  return length >= 0 && isFit(scratch, 0, length) ? scratch.subarray(0, length) : undefined;
}
