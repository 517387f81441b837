/**
 * Numbers with thousands separators, a decimal comma, a currency sign, and brackets or a trailing minus for negative numbers. An
 * example defines the style: how the file would write 1234.56, such as `1,234.56`, `1.234,56 €` or `($1,234.56)`.
 */
import type { CanonicalWriter } from "./canonical-writer.ts";
import { isDigit } from "./recognize.ts";

export interface NumberStyle {
  /** The thousands separator, "" for none. A number may also lack it. A space means any kind of space. */
  group: "" | "," | "." | " " | "'" | "_";
  point: "." | ",";
  /** Text before and after the number. A number may also lack it. */
  prefix: string;
  suffix: string;
  /** Brackets, or a trailing minus, mark a negative number. */
  hasBrackets: boolean;
  hasTrailingMinus: boolean;
}

/** Undefined when the example is not 1234 with a style, optionally with decimals. */
export function readNumberStyle(example: string): NumberStyle | undefined {
  const match = /^(\()?([^\d().,'_-]*)1([.,'_ \u00a0\u202f\u2019]?)234(?:([.,])\d+)?([^\d().,'_-]*)(\))?(-)?$/u.exec(example);
  if (match === null) return undefined;
  const [, open, prefix = "", separator = "", point, suffix = "", close, minus] = match;
  const group = (separator === "\u2019" ? "'" : spaces.has(separator) ? " " : separator) as NumberStyle["group"];
  if (group === point || (open === undefined) !== (close === undefined) || (minus !== undefined && close !== undefined)) return undefined;
  const assumed = group === "." ? "," : ".";
  return {
    group,
    point: (point ?? assumed) as NumberStyle["point"],
    prefix: prefix.trim(),
    suffix: suffix.trim(),
    hasBrackets: open !== undefined,
    hasTrailingMinus: minus !== undefined,
  };
}

/** Writes the style as an example with `scale` digits after the point. */
export function writeNumberStyle({ group, point, prefix, suffix, hasBrackets, hasTrailingMinus }: NumberStyle, scale: number): string {
  const digits = `1${group}234${scale === 0 ? "" : point + "567890".slice(0, scale).padEnd(scale, "0")}`;
  const whole = `${prefix}${/\p{L}$/u.test(prefix) ? " " : ""}${digits}${suffix === "" ? "" : ` ${suffix}`}`;
  return `${hasBrackets ? `(${whole})` : whole}${hasTrailingMinus ? "-" : ""}`;
}

const [minus, zero, space, open, close] = [0x2d, 0x30, 0x20, 0x28, 0x29];
const spaces = new Set([" ", "\u00a0", "\u202f"]);

export function numberWriter(style: NumberStyle): CanonicalWriter {
  const prefix = Buffer.from(style.prefix);
  const suffix = Buffer.from(style.suffix);
  const point = style.point.charCodeAt(0);
  const separatorLength = separatorLengthIn(style.group);
  return (input, start, end, out, at) => {
    let from = start;
    let to = end;
    let isNegative = false;
    if (style.hasBrackets && input[from] === open && input[to - 1] === close) {
      isNegative = true;
      from++;
      to--;
    } else if (style.hasTrailingMinus && input[to - 1] === minus) {
      isNegative = true;
      to--;
    }
    if (input[from] === minus && !isNegative) {
      isNegative = true;
      from++;
    }
    if (prefix.length > 0 && startsWith(input, from, to, prefix)) {
      from = spacesEnd(input, from + prefix.length, to);
      if (input[from] === minus && !isNegative) {
        isNegative = true;
        from++;
      }
    }
    if (suffix.length > 0 && startsWith(input, to - suffix.length, to, suffix) && to - suffix.length >= from) {
      to = spacesStart(input, to - suffix.length, from);
    }
    if (isNegative) out[at] = minus;
    return writeDigits(input, from, to, out, isNegative ? at + 1 : at);
  };

  function writeDigits(input: Uint8Array, from: number, to: number, out: Uint8Array, whole: number): number {
    let i = from;
    let at = whole;
    while (i < to && isDigit(input[i] as number)) out[at++] = input[i++] as number;
    const digits = at - whole;
    if (digits === 0 || (digits > 1 && out[whole] === zero)) return -1;
    for (let length = separatorLength(input, i, to); length > 0; length = separatorLength(input, i, to)) {
      if (digits > 3 || out[whole] === zero || to - i < length + 3) return -1;
      i += length;
      for (const group = i + 3; i < group; i++) {
        if (!isDigit(input[i] as number)) return -1;
        out[at++] = input[i] as number;
      }
    }
    if (i === to) return at;
    if (input[i] !== point || ++i === to) return -1;
    out[at++] = 0x2e;
    for (; i < to; i++) {
      if (!isDigit(input[i] as number)) return -1;
      out[at++] = input[i] as number;
    }
    return at;
  }
}

/** Returns a function for the length in bytes of the thousands separator at a position, 0 when there is none. */
function separatorLengthIn(group: NumberStyle["group"]): (bytes: Uint8Array, at: number, end: number) => number {
  if (group === "") return () => 0;
  if (group === " ") return spaceLength;
  const byte = group.charCodeAt(0);
  const typographic = group === "'" ? Buffer.from("\u2019") : undefined;
  return (bytes, at, end) => {
    if (at < end && bytes[at] === byte) return 1;
    return typographic !== undefined && startsWith(bytes, at, end, typographic) ? typographic.length : 0;
  };
}

/** Length in bytes of a space, a no-break space or a narrow no-break space. */
function spaceLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  if (bytes[at] === space) return 1;
  if (bytes[at] === 0xc2 && bytes[at + 1] === 0xa0 && at + 1 < end) return 2;
  return bytes[at] === 0xe2 && bytes[at + 1] === 0x80 && bytes[at + 2] === 0xaf && at + 2 < end ? 3 : 0;
}

function spacesEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (let length = spaceLength(bytes, at, end); length > 0; length = spaceLength(bytes, at, end)) at += length;
  return at;
}

function spacesStart(bytes: Uint8Array, from: number, start: number): number {
  let at = from;
  for (;;) {
    const length = [1, 2, 3].find((size) => at - size >= start && spaceLength(bytes, at - size, at) === size);
    if (length === undefined) return at;
    at -= length;
  }
}

function startsWith(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}
