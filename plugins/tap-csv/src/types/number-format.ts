/**
 * Numbers with thousands separators, a decimal comma, a currency sign, and brackets or a trailing minus for negative numbers. An
 * example defines the style: how the file would write 1234.56, such as `1,234.56`, `1.234,56 €` or `($1,234.56)`.
 */
import { blanksEnd, blanksStart, spaceLength } from "./blanks.ts";
import type { CanonicalWriter } from "./canonical-writer.ts";
import { signLength } from "./loose-value.ts";
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
  const match = /^(\()?([^\d().,'_-]*)1([.,'_ \u00a0\u2007\u2009\u202f\u2019]?)234(?:([.,])\d+)?([^\d().,'_-]*)(\))?(-)?$/u.exec(example);
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

const [minus, zero, open, close] = [0x2d, 0x30, 0x28, 0x29];
const spaces = new Set([" ", "\u00a0", "\u2007", "\u2009", "\u202f"]);

/**
 * Reads sign, currency and brackets in any order that occurs in practice: `-$5`, `$-5`, `$ (5.00)`, `($5.00)`. In a style with a
 * currency or brackets, as accounting formats have, a lone `-` is 0.
 */
export function numberWriter(style: NumberStyle): CanonicalWriter {
  const prefix = Buffer.from(style.prefix);
  const suffix = Buffer.from(style.suffix);
  const point = style.point.charCodeAt(0);
  const separatorLength = separatorLengthIn(style.group);
  const isAccounting = style.hasBrackets || prefix.length > 0 || suffix.length > 0;
  return (input, start, end, out, at) => {
    let from = start;
    let to = end;
    let [isSigned, isNegative, isOpen, hasPrefix] = [false, false, false, false];
    for (;;) {
      from = blanksEnd(input, from, to);
      const sign = isSigned ? 0 : signLength(input, from, to);
      if (sign > 0) {
        isSigned = true;
        isNegative = input[from] !== 0x2b;
        from += sign;
      } else if (!isOpen && style.hasBrackets && input[from] === open) {
        isOpen = true;
        from++;
      } else if (!hasPrefix && prefix.length > 0 && startsWith(input, from, to, prefix)) {
        hasPrefix = true;
        from += prefix.length;
      } else break;
    }
    let [isClosed, hasSuffix, isTrailing] = [false, false, false];
    for (;;) {
      to = blanksStart(input, from, to);
      if (!isClosed && isOpen && input[to - 1] === close && to > from) {
        isClosed = true;
        to--;
      } else if (!hasSuffix && suffix.length > 0 && to - suffix.length >= from && startsWith(input, to - suffix.length, to, suffix)) {
        hasSuffix = true;
        to -= suffix.length;
      } else if (!isTrailing && style.hasTrailingMinus && input[to - 1] === minus && to > from) {
        isTrailing = true;
        to--;
      } else break;
    }
    if (isOpen !== isClosed || Number(isSigned) + Number(isOpen) + Number(isTrailing) > 1) return -1;
    if (from === to) {
      if (!isAccounting || !isNegative || isOpen) return -1;
      out[at] = zero;
      return at + 1;
    }
    const isBelowZero = isNegative || isOpen || isTrailing;
    if (isBelowZero) out[at] = minus;
    return writeDigits(input, from, to, out, isBelowZero ? at + 1 : at);
  };

  function writeDigits(input: Uint8Array, from: number, to: number, out: Uint8Array, whole: number): number {
    let i = from;
    let at = whole;
    while (i < to && isDigit(input[i] as number)) out[at++] = input[i++] as number;
    const digits = at - whole;
    if (digits > 1 && out[whole] === zero) return -1;
    for (let length = separatorLength(input, i, to); length > 0; length = separatorLength(input, i, to)) {
      if (digits === 0 || digits > 3 || out[whole] === zero || to - i < length + 3) return -1;
      i += length;
      for (const group = i + 3; i < group; i++) {
        if (!isDigit(input[i] as number)) return -1;
        out[at++] = input[i] as number;
      }
    }
    if (i === to) return digits === 0 ? -1 : at;
    if (input[i] !== point) return -1;
    if (++i === to) return digits === 0 ? -1 : at;
    if (digits === 0) out[at++] = zero;
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

function startsWith(bytes: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (end - at < word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
  return true;
}
