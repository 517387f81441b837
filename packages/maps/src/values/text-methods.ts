/** The methods of a text, as Python has them. Positions count code points. */
import { spend } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import { type Arguments, integerOf, itemsOf, Tuple, textOf, type Value } from "./value.ts";

type Method = (text: string, args: readonly Value[], named: Arguments["named"]) => Value;

const whitespace = "\\s\\x1c-\\x1f\\x85";
const space = new RegExp(`[${whitespace}]`);
const separators = "\\x1c-\\x1e\\x85\\u2028\\u2029";
const lineEnd = new RegExp(`\\r\\n|[\\n\\r\\v\\f${separators}]`);
const isAll =
  (pattern: RegExp): Method =>
  (text) =>
    pattern.test(text);

export const textMethods: Readonly<Record<string, Method>> = {
  upper: (text) => spent(text.toUpperCase()),
  lower: (text) => spent(text.toLowerCase()),
  casefold: (text) => spent(text.toLowerCase().replaceAll("ß", "ss")),
  capitalize: (text) => {
    const [first = "", ...rest] = text;
    return spent(titled(first) + rest.join("").toLowerCase());
  },
  title: (text) =>
    spent(text.replaceAll(/\p{L}+/gu, (word) => [...word].map((char, at) => (at === 0 ? titled(char) : char.toLowerCase())).join(""))),
  swapcase: (text) => spent([...text].map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase())).join("")),
  strip: (text, [chars]) => stripped(text, chars, true, true),
  lstrip: (text, [chars]) => stripped(text, chars, true, false),
  rstrip: (text, [chars]) => stripped(text, chars, false, true),
  startswith: (text, [start]) => affixes(start, "startswith").some((affix) => text.startsWith(affix)),
  endswith: (text, [end]) => affixes(end, "endswith").some((affix) => text.endsWith(affix)),
  removeprefix: (text, [start]) => (text.startsWith(textOf(start, "the prefix")) ? text.slice((start as string).length) : text),
  removesuffix: (text, [end]) => (end !== "" && text.endsWith(textOf(end, "the suffix")) ? text.slice(0, -(end as string).length) : text),
  replace(text, [from, to, count]) {
    const [old, next] = [textOf(from, "what is replaced"), textOf(to, "the replacement")];
    const most = count === undefined ? -1 : integerOf(count, "the number of replacements");
    const parts = old === "" ? ["", ...text, ""] : text.split(old);
    const cuts = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
    spend(text.length + cuts * next.length);
    return (
      parts.slice(0, cuts + 1).join(next) +
      parts
        .slice(cuts + 1)
        .map((part) => old + part)
        .join("")
    );
  },
  split: (text, args, named) => split(text, args[0] ?? named.get("sep") ?? null, args[1] ?? named.get("maxsplit"), false),
  rsplit: (text, args, named) => split(text, args[0] ?? named.get("sep") ?? null, args[1] ?? named.get("maxsplit"), true),
  splitlines: (text) => spentList(text.split(lineEnd).filter((line, at, all) => at < all.length - 1 || line !== "")),
  partition: (text, [by]) => parted(text, text.indexOf(separator(by)), by as string, [text, "", ""]),
  rpartition: (text, [by]) => parted(text, text.lastIndexOf(separator(by)), by as string, ["", "", text]),
  join(text, [items]) {
    if (items === undefined) throw new ExpressionError("join needs a list of texts");
    const parts = itemsOf(items).map((item, at) => textOf(item, `item ${at} of join`));
    spend(parts.reduce((sum, part) => sum + part.length + text.length, 0));
    return parts.join(text);
  },
  find: (text, args) => find(text, args, false),
  rfind: (text, args) => find(text, args, true),
  index: (text, args) => found(find(text, args, false)),
  rindex: (text, args) => found(find(text, args, true)),
  count(text, [part]) {
    const of = textOf(part, "what is counted");
    return BigInt(of === "" ? [...text].length + 1 : text.split(of).length - 1);
  },
  zfill(text, [width]) {
    const [, sign = "", digits = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
    return sign + padding(text, width, "0") + digits;
  },
  ljust: (text, [width, fill]) => text + padding(text, width, fill),
  rjust: (text, [width, fill]) => padding(text, width, fill) + text,
  center(text, [width, fill]) {
    const pad = padding(text, width, fill);
    const size = [...pad].length;
    const left = Math.floor(size / 2) + (size % 2 === 1 && integerOf(width, "the width") % 2 === 1 ? 1 : 0);
    return [...pad].slice(0, left).join("") + text + [...pad].slice(left).join("");
  },
  isalpha: isAll(/^\p{L}+$/u),
  isdigit: isAll(/^[\p{Nd}²³¹⁰-⁹₀-₉]+$/u),
  isdecimal: isAll(/^\p{Nd}+$/u),
  isnumeric: isAll(/^\p{N}+$/u),
  isalnum: isAll(/^[\p{L}\p{N}]+$/u),
  isspace: isAll(new RegExp(`^[${whitespace}]+$`)),
  isascii: (text) => !/[\u0080-\uffff]/.test(text),
  isupper: (text) => text !== text.toLowerCase() && text === text.toUpperCase(),
  islower: (text) => text !== text.toUpperCase() && text === text.toLowerCase(),
  istitle: (text) => /\p{L}/u.test(text) && text === (textMethods.title as Method)(text, [], new Map()),
};

const titled = (char: string): string => (char === "ß" ? "Ss" : char.toUpperCase());

function spent(text: string): string {
  spend(text.length);
  return text;
}

function spentList(items: string[]): string[] {
  spend(items.length);
  return items;
}

function separator(by: Value | undefined): string {
  if (by === "") throw new ExpressionError("the separator is empty");
  return textOf(by, "the separator");
}

function stripped(text: string, chars: Value | undefined, left: boolean, right: boolean): string {
  const isCut = cutter(chars);
  let [from, to] = [0, text.length];
  const points = [...text];
  if (points.length !== text.length) {
    let [start, end] = [0, points.length];
    while (left && start < end && isCut(points[start] as string)) start++;
    while (right && end > start && isCut(points[end - 1] as string)) end--;
    return points.slice(start, end).join("");
  }
  while (left && from < to && isCut(text[from] as string)) from++;
  while (right && to > from && isCut(text[to - 1] as string)) to--;
  return text.slice(from, to);
}

function cutter(chars: Value | undefined): (char: string) => boolean {
  if (chars === undefined || chars === null) return (char) => space.test(char);
  const set = new Set(textOf(chars, "the characters to strip"));
  return (char) => set.has(char);
}

function affixes(value: Value | undefined, method: string): readonly string[] {
  if (value instanceof Tuple) return value.items.map((item) => textOf(item, `an item of ${method}`));
  return [textOf(value, `the argument of ${method}`)];
}

function split(text: string, by: Value, most: Value | undefined, isRight: boolean): string[] {
  const limit = most === undefined ? -1 : integerOf(most, "maxsplit");
  if (by === null) return spentList(splitAtSpaces(text, limit, isRight));
  const parts = text.split(separator(by));
  if (limit < 0 || parts.length <= limit + 1) return spentList(parts);
  const rest = isRight ? parts.slice(0, parts.length - limit) : parts.slice(limit);
  return spentList(
    isRight ? [rest.join(by as string), ...parts.slice(parts.length - limit)] : [...parts.slice(0, limit), rest.join(by as string)],
  );
}

function splitAtSpaces(text: string, limit: number, isRight: boolean): string[] {
  const words = [...text.matchAll(new RegExp(`[^${whitespace}]+`, "g"))];
  if (limit < 0 || words.length <= limit) return words.map(([word]) => word);
  if (isRight) {
    const cut = words[words.length - limit - 1];
    return [
      text.slice(words[0]?.index, (cut?.index ?? 0) + (cut?.[0].length ?? 0)),
      ...words.slice(words.length - limit).map(([word]) => word),
    ];
  }
  return [...words.slice(0, limit).map(([word]) => word), text.slice(words[limit]?.index).trimEnd()];
}

function parted(text: string, at: number, by: string, none: [string, string, string]): Tuple {
  return new Tuple(at < 0 ? none : [text.slice(0, at), by, text.slice(at + by.length)]);
}

function find(text: string, [part, from, to]: readonly Value[], isLast: boolean): bigint {
  const points = [...text];
  const bound = (value: Value | undefined, otherwise: number): number => {
    if (value === undefined || value === null) return otherwise;
    const at = integerOf(value, "the position");
    return at < 0 ? Math.max(0, points.length + at) : Math.min(at, points.length);
  };
  const [start, end] = [bound(from, 0), bound(to, points.length)];
  const inside = points.slice(start, end).join("");
  const of = textOf(part, "what is searched");
  const at = isLast ? inside.lastIndexOf(of) : inside.indexOf(of);
  return at < 0 ? -1n : BigInt(start + [...inside.slice(0, at)].length);
}

function found(at: bigint): bigint {
  if (at < 0n) throw new ExpressionError("the text is not found");
  return at;
}

function padding(text: string, width: Value | undefined, fill: Value | undefined): string {
  const missing = integerOf(width, "the width") - [...text].length;
  const char = fill === undefined ? " " : textOf(fill, "the fill character");
  if ([...char].length !== 1) throw new ExpressionError("the fill character must be one character");
  if (missing <= 0) return "";
  spend(missing + text.length);
  return char.repeat(missing);
}
