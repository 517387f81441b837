/** The shape of a stream's RECORD lines: which bytes are between the values. It is learned from a line that was parsed. Pure. */
import { type Tokens, tokensOf } from "./tokens.ts";

/** Lines with the same fields in the same order and spelling have the same shape. Token i precedes value i. */
export interface LineShape extends Tokens {
  /** By value. */
  readonly slots: Int32Array;
  /** What follows the last value, with the line's end. */
  readonly tail: Uint8Array;
  /** Equal for equal shapes. */
  readonly signature: string;
  /** The names of the values that are outside of the record, joined. */
  readonly outside: string;
  /** As they are in the line, a character for each byte. */
  readonly tokens: readonly string[];
  /** So many bytes precede the first key. */
  readonly lead: number;
  /** So many values are the record's, before all others; 0 where others precede them. */
  readonly recordValues: number;
  /** Where lines need not have all fields of the record. */
  readonly leftOut?: LeftOut;
}

export interface LeftOut {
  /** What precedes value i where it is the first one, up to the last value of the record. */
  readonly first: Tokens;
  /** 1 for each value that a line must have. */
  readonly isRequired: Uint8Array;
}

/** Longer ones are rare, and to read them takes longer than to look for values in them. */
const mostLineBytes = 1 << 18;

/** Fields of the message that have a slot. */
const outsideFields: ReadonlySet<string> = new Set(["time_extracted", "version"]);

interface Span {
  name: string;
  isInRecord: boolean;
  keyFrom: number;
  from: number;
  to: number;
}

/**
 * Learns from bytes[start, end), which are a RECORD without their line end. `slotOf` gives the slot of a field, undefined where it has
 * none. @returns undefined where rows of such lines must be parsed: they have a field without slot, or one twice
 */
export function learnShape(
  bytes: Buffer,
  start: number,
  end: number,
  slotOf: (name: string, isInRecord: boolean) => number | undefined,
): LineShape | undefined {
  if (end - start > mostLineBytes) return undefined;
  const spans = valuesOf(bytes.subarray(start, end));
  if (spans === undefined || spans.length === 0) return undefined;
  const names = new Set(spans.map(({ name, isInRecord }) => `${isInRecord}${name}`));
  const slots = spans.map(({ name, isInRecord }) => slotOf(name, isInRecord));
  if (names.size < spans.length || slots.includes(undefined)) return undefined;
  const tokens = spans.map(({ from }, index) => bytes.subarray(start + (spans[index - 1]?.to ?? 0), start + from));
  const tail = Buffer.concat([bytes.subarray(start + (spans.at(-1)?.to ?? 0), end), Buffer.from("\n")]);
  const outsideAt = spans.findIndex(({ isInRecord }) => !isInRecord);
  const inRecord = outsideAt < 0 ? spans.length : outsideAt;
  return {
    // Between two values there are a comma, two quotes and a colon at least, so each has a word.
    ...tokensOf(tokens),
    slots: Int32Array.from(slots as number[]),
    tail,
    signature: [...tokens, tail].map((token) => token.toString("latin1")).join("\n"),
    outside: spans.flatMap(({ name, isInRecord }) => (isInRecord ? [] : [name])).join(" "),
    tokens: tokens.map((token) => token.toString("latin1")),
    lead: spans[0]?.keyFrom ?? 0,
    recordValues: spans.slice(inRecord).some(({ isInRecord }) => isInRecord) ? 0 : inRecord,
  };
}

/** The values of the record, and of `outsideFields`. Undefined where the message has other fields or a record that is no object. */
function valuesOf(line: Buffer): Span[] | undefined {
  const text = line.toString("latin1");
  const spans: Span[] = [];
  const seen = new Set<string>();
  const read = (from: number, isInRecord: boolean): number => {
    let at = skip(text, from + 1, space);
    while (text[at] !== "}") {
      if (text[at] === ",") at = skip(text, at + 1, space);
      const keyFrom = at;
      const keyEnd = skip(text, at, quoted);
      const name = JSON.parse(line.toString("utf8", at, keyEnd)) as string;
      const start = skip(text, skip(text, keyEnd, space) + 1, space);
      const isRecord = !isInRecord && name === "record";
      if (!isInRecord && (seen.has(name) || !(isRecord || constantFields.has(name) || outsideFields.has(name)))) return -1;
      if (!isInRecord) seen.add(name);
      const end = isRecord ? (text[start] === "{" ? read(start, true) : -1) : skipValue(text, start);
      if (end < 0) return -1;
      if (isInRecord || outsideFields.has(name)) spans.push({ name, isInRecord, keyFrom, from: start, to: end });
      at = skip(text, end, space);
    }
    return at + 1;
  };
  return read(skip(text, 0, space), false) < 0 ? undefined : spans;
}

/** Message fields with the same value in all lines of a stream. */
const constantFields: ReadonlySet<string> = new Set(["type", "stream"]);

const space = /[ \t\r]*/y;
const quoted = /"(?:[^"\\]|\\.)*"/y;
const scalar = /[^",{}[\] \t\r]+/y;
const betweenBrackets = /[^"{}[\]]*/y;

function skip(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  pattern.test(text);
  return Math.max(pattern.lastIndex, from);
}

function skipValue(text: string, from: number): number {
  if (text[from] === '"') return skip(text, from, quoted);
  if (text[from] !== "{" && text[from] !== "[") return skip(text, from, scalar);
  let depth = 0;
  let at = from;
  do {
    const char = text[at];
    if (char === '"') at = skip(text, at, quoted);
    else {
      depth += char === "{" || char === "[" ? 1 : -1;
      at++;
    }
    if (depth > 0) at = skip(text, at, betweenBrackets);
  } while (depth > 0);
  return at;
}
