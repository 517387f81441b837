/** JSON text as values: ints of any size, decimals with all their digits, dicts in their order. */
import { limits } from "../language/budget.ts";
import { ExpressionError } from "../language/expression-error.ts";
import { parseDecimal } from "./decimal.ts";
import type { Dict, Value } from "./value.ts";

const token = /\s*([[\]{},:]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity)\s*/y;
const floats: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** @throws ExpressionError */
export function parseJson(text: string): Value {
  const scalar = scalarOf(text);
  if (scalar !== undefined) return scalar;
  let at = 0;
  const next = (): string => {
    token.lastIndex = at;
    const found = token.exec(text)?.[1];
    if (found === undefined) throw invalid();
    at = token.lastIndex;
    return found;
  };
  const value = (word: string, depth: number): Value => {
    if (depth > 500) throw new ExpressionError("the JSON is nested deeper than 500 levels");
    if (word === "[") return list(depth);
    if (word === "{") return dict(depth);
    const plain = scalarOf(word);
    if (plain === undefined) throw invalid();
    return plain;
  };
  const list = (depth: number): Value[] => {
    const items: Value[] = [];
    for (let word = next(); word !== "]"; ) {
      items.push(value(word, depth + 1));
      word = next();
      if (word === "]") break;
      if (word !== ",") throw invalid();
      word = next();
      if (word === "]") throw invalid();
    }
    return items;
  };
  const dict = (depth: number): Dict => {
    const entries: Dict = new Map();
    for (let word = next(); word !== "}"; ) {
      if (!word.startsWith('"') || next() !== ":") throw invalid();
      entries.set(JSON.parse(word) as string, value(next(), depth + 1));
      word = next();
      if (word === "}") break;
      if (word !== ",") throw invalid();
      word = next();
      if (word === "}") throw invalid();
    }
    return entries;
  };
  const result = value(next(), 0);
  if (at < text.length) throw invalid();
  return result;
}

/** A number, a text, true, false or null; undefined: it is something else. */
function scalarOf(text: string): Value | undefined {
  const char = text.charCodeAt(0);
  if (char === 0x22) return textOf(text);
  if (char === 0x6e && text === "null") return null;
  if (text === "true") return true;
  if (text === "false") return false;
  if (/^-?\d+$/.test(text)) {
    if (text.length > limits.digits) throw new ExpressionError(`a number has more than ${limits.digits} digits`);
    return BigInt(text);
  }
  if (Object.hasOwn(floats, text)) return floats[text];
  return /^-?\d/.test(text) ? parseDecimal(text) : undefined;
}

function textOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

const invalid = (): ExpressionError => new ExpressionError("the text is not JSON");

/** A value that was parsed as JavaScript does, such as one of the config. */
export function ofPlain(value: unknown): Value {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(ofPlain);
  if (typeof value === "object" && value !== null) return new Map(Object.entries(value).map(([key, item]) => [key, ofPlain(item)]));
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}
