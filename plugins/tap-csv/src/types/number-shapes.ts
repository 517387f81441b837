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

const [bracketed, plain] = [
  /^\((?:(?<prefix>\p{Sc})\s?)?(?<body>\d[\d.,'\u2019_ \u00a0\u202f]*?)(?:\s?(?<suffix>\p{Sc}))?\)$/u,
  /^(?<minus>-?)(?:(?<prefix>\p{Sc})\s?)?(?<inner>-?)(?<body>\d[\d.,'\u2019_ \u00a0\u202f]*?)(?:\s?(?<suffix>\p{Sc}))?(?<trailing>-?)$/u,
];

export class NumberShapes {
  #readings: Reading[] = readings();
  #prefix = "";
  #suffix = "";
  #hasBrackets = false;
  #hasTrailingMinus = false;

  /** Returns false when no style is left. */
  add(text: string): boolean {
    const match = bracketed.exec(text) ?? plain.exec(text);
    const { body = "", prefix = "", suffix = "", minus = "", inner = "", trailing = "" } = match?.groups ?? {};
    const marks = minus + inner + trailing;
    const isOther = (mark: string, known: string): boolean => mark !== "" && known !== "" && mark !== known;
    if (match === null || marks.length > 1 || isOther(prefix, this.#prefix) || isOther(suffix, this.#suffix)) this.#readings = [];
    this.#prefix ||= prefix;
    this.#suffix ||= suffix;
    if (text.startsWith("(")) this.#hasBrackets = true;
    if (trailing !== "") this.#hasTrailingMinus = true;
    if (this.#prefix !== "" && this.#suffix !== "") this.#readings = [];
    if (this.#hasBrackets && this.#hasTrailingMinus) this.#readings = [];
    this.#readings = this.#readings.filter((reading) => fits(reading, body));
    return this.#readings.length > 0;
  }

  /** Earlier values were integers with up to `wholeDigits` digits. */
  atLeast(wholeDigits: number): void {
    for (const reading of this.#readings) reading.wholeDigits = Math.max(reading.wholeDigits, wholeDigits);
  }

  /** The readings that are left: two when a comma may be a decimal point or a thousands separator. */
  get meanings(): NumberReading[] {
    const found = new Map<string, NumberReading>();
    for (const { group, point, usesGroup, usesPoint, wholeDigits, scale } of this.#readings) {
      const meaning = `${usesGroup ? group : ""}|${usesPoint ? point : ""}`;
      if (found.has(meaning)) continue;
      const shownPoint = usesPoint ? point : undefined;
      const [prefix, suffix, hasBrackets, hasTrailingMinus] = [this.#prefix, this.#suffix, this.#hasBrackets, this.#hasTrailingMinus];
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
    const separator = { " ": "[ \u00a0\u202f]", "'": "['\u2019]", ",": ",", ".": "\\.", _: "_" }[group];
    const body = new RegExp(`^(0|[1-9]\\d*|[1-9]\\d{0,2}(?<groups>(?:${separator}\\d{3})+))(?:[${point}](?<fraction>\\d+))?$`, "u");
    return { group, point, body, usesGroup: false, usesPoint: false, wholeDigits: 0, scale: 0 };
  });
}

function fits(reading: Reading, body: string): boolean {
  const match = reading.body.exec(body);
  if (match === null) return false;
  const { groups, fraction } = match.groups ?? {};
  if (groups !== undefined) reading.usesGroup = true;
  if (fraction !== undefined) reading.usesPoint = true;
  reading.wholeDigits = Math.max(reading.wholeDigits, (match[1] as string).replace(/\D/g, "").length);
  reading.scale = Math.max(reading.scale, fraction?.length ?? 0);
  return true;
}
