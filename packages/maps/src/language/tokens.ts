/** Splits an expression into tokens, as Python does. */
import { limits } from "./budget.ts";
import { ExpressionError } from "./expression-error.ts";

export type Token =
  | { kind: "name" | "operator" | "number"; text: string; at: number }
  | { kind: "string"; value: string; at: number }
  /** An f-string: texts, and the places of expressions. */
  | { kind: "format"; parts: readonly FormatPart[]; at: number }
  | { kind: "end"; at: number };

export type FormatPart = { text: string } | { expression: string; at: number; form: string };

const nameStart = /[\p{L}_]/u;
const name = /[\p{L}\p{N}_]+/uy;
const number = /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y;
const operators = /\*\*|\/\/|<<|>>|==|!=|<=|>=|:=|->|[-+*/%<>()[\]{},.:=~&|^@;!]/y;

/** @throws ExpressionError */
export function tokensOf(source: string): Token[] {
  if (source.length > limits.expression) throw new ExpressionError(`it is longer than ${limits.expression} characters`);
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = 0; at < source.length; ) {
    const char = source[at] as string;
    if (char === "\n" || char === "\r") {
      // A new line ends a statement, except inside brackets; nothing may follow it.
      if (depth === 0 && tokens.length > 0 && source.slice(at).replaceAll(/#.*/g, "").trim() !== "")
        throw new ExpressionError("it must be one line, or stand in brackets", at);
      at++;
    } else if (char === " " || char === "\t") at++;
    else if (char === "#") at = end(source.indexOf("\n", at), source.length);
    else {
      const [token, next] = tokenAt(source, at);
      if (token.kind === "operator") depth += "([{".includes(token.text) ? 1 : ")]}".includes(token.text) ? -1 : 0;
      tokens.push(token);
      at = next;
    }
  }
  tokens.push({ kind: "end", at: source.length });
  return tokens;
}

const end = (found: number, length: number): number => (found < 0 ? length : found);

function tokenAt(source: string, at: number): [Token, next: number] {
  const prefix = /([a-zA-Z]{0,2})(?=["'])/y;
  prefix.lastIndex = at;
  const letters = prefix.exec(source)?.[1];
  if (letters !== undefined) return stringAt(source, at, letters);
  const char = String.fromCodePoint(source.codePointAt(at) as number);
  const kinds = nameStart.test(char)
    ? (["name", name] as const)
    : /\d|\.(?=\d)/.test(source.slice(at, at + 2)) && /[\d.]/.test(char)
      ? (["number", number] as const)
      : (["operator", operators] as const);
  const [kind, pattern] = kinds;
  pattern.lastIndex = at;
  const text = pattern.exec(source)?.[0];
  if (text === undefined) throw new ExpressionError(`${JSON.stringify(char)} is not part of the language`, at);
  return [{ kind, text, at }, at + text.length];
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\n": "",
};

function stringAt(source: string, start: number, letters: string): [Token, next: number] {
  const flags = letters.toLowerCase();
  if (!["", "r", "u", "f", "fr", "rf"].includes(flags)) throw new ExpressionError(`${letters}"…" is not supported`, start);
  const from = start + letters.length;
  const quote = source.startsWith((source[from] as string).repeat(3), from) ? source.slice(from, from + 3) : (source[from] as string);
  const isRaw = flags.includes("r");
  let value = "";
  const parts: FormatPart[] = [];
  for (let at = from + quote.length; at < source.length; ) {
    if (source.startsWith(quote, at)) {
      const next = at + quote.length;
      if (!flags.includes("f")) return [{ kind: "string", value, at: start }, next];
      return [{ kind: "format", parts: [...parts, { text: value }], at: start }, next];
    }
    const char = source[at] as string;
    if (char === "\n" && quote.length === 1) break;
    if (char === "\\" && !isRaw) {
      const [text, length] = escapeAt(source, at);
      value += text;
      at += length;
    } else if (char === "\\" && isRaw) {
      value += source.slice(at, at + 2);
      at += 2;
    } else if (flags.includes("f") && (char === "{" || char === "}")) {
      if (source[at + 1] === char) {
        value += char;
        at += 2;
        continue;
      }
      const [part, next] = replacementAt(source, at, quote);
      parts.push({ text: value }, part);
      value = "";
      at = next;
    } else {
      value += char;
      at++;
    }
  }
  throw new ExpressionError("this text has no end", start);
}

function escapeAt(source: string, at: number): [text: string, length: number] {
  const letter = source[at + 1] ?? "";
  const known = escapes[letter];
  if (known !== undefined) return [known, 2];
  const code = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/y;
  code.lastIndex = at;
  const found = code.exec(source);
  // Python keeps a backslash before any other letter.
  if (found === null) return [`\\${letter}`, 1 + letter.length];
  const unit = found[4] === undefined ? Number.parseInt(found[1] ?? found[2] ?? found[3] ?? "", 16) : Number.parseInt(found[4], 8);
  if (unit > 0x10ffff) throw new ExpressionError(`${found[0]} is no character`, at);
  return [String.fromCodePoint(unit), found[0].length];
}

/** `{expression}`, `{expression:form}` of an f-string. */
function replacementAt(source: string, at: number, quote: string): [FormatPart, next: number] {
  if (source[at] === "}") throw new ExpressionError('a single "}" in an f-string is written "}}"', at);
  let depth = 0;
  let colon = -1;
  for (let end = at + 1; end < source.length; end++) {
    const char = source[end] as string;
    if (source.startsWith(quote, end)) break;
    if (char === "'" || char === '"') {
      end = source.indexOf(char, end + 1);
      if (end < 0) break;
    } else if ("([{".includes(char)) depth++;
    else if (char === ":" && depth === 0 && colon < 0) colon = end;
    else if (char === "}" && depth === 0) {
      const form = colon < 0 ? "" : source.slice(colon + 1, end);
      return [{ expression: source.slice(at + 1, colon < 0 ? end : colon), at: at + 1, form }, end + 1];
    } else if (")]}".includes(char)) depth--;
  }
  throw new ExpressionError('this "{" has no "}"', at);
}
