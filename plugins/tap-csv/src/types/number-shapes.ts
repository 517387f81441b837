/** The styles a column's numbers may be written in: each text strikes out what it can't be, and says which marks it showed. */
import type { NumberStyle } from "./number-format.ts";

/** Scales and digits as one style reads the column. */
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
  /** The decimal point it showed, if it did. */
  point: "." | "," | undefined;
  wholeDigits: number;
  scale: number;
}

const [bracketed, plain] = [
  /^\((?:(?<prefix>\p{Sc})\s?)?(?<body>\d[\d.,'\u2019_ \u00a0\u202f]*?)(?:\s?(?<suffix>\p{Sc}))?\)$/u,
  /^(?<minus>-?)(?:(?<prefix>\p{Sc})\s?)?(?<inner>-?)(?<body>\d[\d.,'\u2019_ \u00a0\u202f]*?)(?:\s?(?<suffix>\p{Sc}))?(?<behind>-?)$/u,
];

export class NumberShapes {
  #readings: Reading[] = readings();
  #prefix = "";
  #suffix = "";
  #hasBrackets = false;
  #hasMinusBehind = false;

  /** False when no style is left. */
  add(text: string): boolean {
    const match = bracketed.exec(text) ?? plain.exec(text);
    const { body = "", prefix = "", suffix = "", minus = "", inner = "", behind = "" } = match?.groups ?? {};
    const marks = minus + inner + behind;
    const isOther = (mark: string, known: string): boolean => mark !== "" && known !== "" && mark !== known;
    if (match === null || marks.length > 1 || isOther(prefix, this.#prefix) || isOther(suffix, this.#suffix)) this.#readings = [];
    this.#prefix ||= prefix;
    this.#suffix ||= suffix;
    if (text.startsWith("(")) this.#hasBrackets = true;
    if (behind !== "") this.#hasMinusBehind = true;
    if (this.#prefix !== "" && this.#suffix !== "") this.#readings = [];
    if (this.#hasBrackets && this.#hasMinusBehind) this.#readings = [];
    this.#readings = this.#readings.filter((reading) => fits(reading, body));
    return this.#readings.length > 0;
  }

  /** Whole numbers of so many digits were there already. */
  atLeast(wholeDigits: number): void {
    for (const reading of this.#readings) reading.wholeDigits = Math.max(reading.wholeDigits, wholeDigits);
  }

  /** What is left, one for each meaning: two when a comma could be either. */
  get meanings(): NumberReading[] {
    const found = new Map<string, NumberReading>();
    for (const { group, point, usesGroup, usesPoint, wholeDigits, scale } of this.#readings) {
      const meaning = `${usesGroup ? group : ""}|${usesPoint ? point : ""}`;
      if (found.has(meaning)) continue;
      const shownPoint = usesPoint ? point : undefined;
      const [prefix, suffix, hasBrackets, hasMinusBehind] = [this.#prefix, this.#suffix, this.#hasBrackets, this.#hasMinusBehind];
      found.set(meaning, { style: { group, point, prefix, suffix, hasBrackets, hasMinusBehind }, point: shownPoint, wholeDigits, scale });
    }
    return [...found.values()];
  }
}

/** In order of preference where a column shows no difference. */
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
