/** Detects the number style of a column: each text rules out the styles it does not fit and shows which separators are used. */
import type { NumberStyle } from "./number-format.ts";

/** One possible style, with the digits of the column as this style reads them. */
interface Reading {
  group: NumberStyle["group"];
  point: NumberStyle["point"];
  body: RegExp;
  usesGroup: boolean;
  usesPoint: boolean;
  wholeDigits: number;
  scale: number;
}

export interface NumberReading {
  style: NumberStyle;
  /** The decimal point, if any value had one. */
  point: "." | "," | undefined;
  wholeDigits: number;
  scale: number;
}

/** A number with sign, currency and brackets in any order that `numberWriter` reads. */
const shape =
  /^(?<sign1>[-+\u2212]?)\s*(?<prefix1>\p{Sc}?)\s*(?<open>\(?)\s*(?<prefix2>\p{Sc}?)\s*(?<sign2>[-+\u2212]?)\s*(?<body>(?:[.,]?\d[\d.,'\u2019_ \u00a0\u2007\u2009\u202f]*?)?)\s*(?<suffix1>\p{Sc}?)\s*(?<close>\)?)\s*(?<suffix2>\p{Sc}?)\s*(?<trailing>-?)$/u;

/** Longer numbers with a plus and without a point are telephone numbers. */
const maxPlusDigits = 6;

export class NumberShapes {
  #readings: Reading[] = readings();
  #prefix = "";
  #suffix = "";
  #hasBrackets = false;
  #hasTrailingMinus = false;
  #hasPaddedDash = false;
  #hasDash = false;
  /** The currency beside a lone dash. */
  #dashMark = "";

  /** `text`: the whole cell, with its blanks. Returns false when no style is left. */
  add(text: string): boolean {
    const groups = shape.exec(text.trim())?.groups;
    if (groups?.body === "") this.#takeDash(groups, text);
    else if (groups === undefined || !this.#takeMarks(groups)) this.#readings = [];
    else {
      const body = groups.body as string;
      const isPhone = `${groups.sign1}${groups.sign2}` === "+" && !/[.,]/.test(body) && body.replace(/\D/g, "").length > maxPlusDigits;
      this.#readings = isPhone ? [] : this.#readings.filter((reading) => fits(reading, body));
    }
    return this.#readings.length > 0;
  }

  /** Whether a cell is only `-`, and no other cell shows that the numbers are written as in accounts, where it means 0. */
  get hasUnclearDash(): boolean {
    const marks = this.#prefix + this.#suffix + this.#dashMark;
    return this.#hasDash && !this.#hasPaddedDash && marks === "" && !this.#hasBrackets;
  }

  #takeMarks({ sign1 = "", sign2 = "", open = "", close = "", trailing = "", ...marks }: Record<string, string>): boolean {
    const [prefix, suffix] = [`${marks.prefix1}${marks.prefix2}`, `${marks.suffix1}${marks.suffix2}`];
    const isOther = (mark: string, known: string): boolean => mark !== "" && known !== "" && mark !== known;
    if (isOther(prefix, this.#prefix) || isOther(suffix, this.#suffix)) return false;
    if ((open === "") !== (close === "") || sign1.length + sign2.length + open.length + trailing.length > 1) return false;
    this.#prefix ||= prefix;
    this.#suffix ||= suffix;
    if (open !== "") this.#hasBrackets = true;
    if (trailing !== "") this.#hasTrailingMinus = true;
    if (this.#prefix !== "" && this.#suffix !== "") return false;
    return !this.#hasBrackets || !this.#hasTrailingMinus;
  }

  /** Without digits, the currency may be the prefix or the suffix of the other cells. */
  #takeDash({ sign1, sign2, open, close, trailing, ...marks }: Record<string, string>, text: string): void {
    const mark = `${marks.prefix1}${marks.prefix2}${marks.suffix1}${marks.suffix2}`;
    const isDash = `${sign1}${sign2}${open}${close}${trailing}` === "-";
    if (!isDash || (this.#dashMark !== "" && mark !== this.#dashMark)) this.#readings = [];
    this.#dashMark ||= mark;
    this.#hasDash = true;
    if (text !== text.trim() && mark === "") this.#hasPaddedDash = true;
  }

  /** Earlier values were integers with up to `wholeDigits` digits. */
  atLeast(wholeDigits: number): void {
    for (const reading of this.#readings) reading.wholeDigits = Math.max(reading.wholeDigits, wholeDigits);
  }

  /** The readings that are left: two when a comma may be a decimal point or a thousands separator. */
  get meanings(): NumberReading[] {
    const known = this.#prefix || this.#suffix || this.#dashMark;
    if (this.#dashMark !== "" && this.#dashMark !== known) return [];
    const found = new Map<string, NumberReading>();
    for (const { group, point, usesGroup, usesPoint, wholeDigits, scale } of this.#readings) {
      const meaning = `${usesGroup ? group : ""}|${usesPoint ? point : ""}`;
      if (found.has(meaning)) continue;
      const shownPoint = usesPoint ? point : undefined;
      const [suffix, hasTrailingMinus] = [this.#suffix, this.#hasTrailingMinus];
      const prefix = suffix === "" ? known : "";
      // Brackets in the style make a lone dash 0.
      const hasBrackets = this.#hasBrackets || this.#hasPaddedDash;
      found.set(meaning, { style: { group, point, prefix, suffix, hasBrackets, hasTrailingMinus }, point: shownPoint, wholeDigits, scale });
    }
    return [...found.values()];
  }
}

/** In order of preference, for columns that fit several. */
function readings(): Reading[] {
  const styles = [
    [",", "."],
    [".", ","],
    [" ", ","],
    [" ", "."],
    ["'", "."],
    ["_", "."],
  ] as const;
  return styles.map(([group, point]) => {
    const separator = { " ": "[ \u00a0\u2007\u2009\u202f]", "'": "['\u2019]", ",": ",", ".": "\\.", _: "_" }[group];
    const whole = `0|[1-9]\\d*|[1-9]\\d{0,2}(?<groups>(?:${separator}\\d{3})+)`;
    const body = new RegExp(`^(?:(?<whole>${whole})(?:[${point}](?<fraction>\\d*))?|[${point}](?<bare>\\d+))$`, "u");
    return { group, point, body, usesGroup: false, usesPoint: false, wholeDigits: 0, scale: 0 };
  });
}

function fits(reading: Reading, body: string): boolean {
  const match = reading.body.exec(body);
  if (match === null) return false;
  const { groups, whole = "0", fraction, bare } = match.groups ?? {};
  if (groups !== undefined) reading.usesGroup = true;
  if (fraction !== undefined || bare !== undefined) reading.usesPoint = true;
  reading.wholeDigits = Math.max(reading.wholeDigits, whole.replace(/\D/g, "").length);
  reading.scale = Math.max(reading.scale, (fraction ?? bare ?? "").length);
  return true;
}
