/**
 * Reads a pattern for the check `matches`: regular expressions without the parts that can take for ever (back-references, look-around).
 * What is left means the same to PostgreSQL, DuckDB and Snowflake, and `matcher.ts` decides it in one pass. Pure.
 */

/** A range of code points, both ends included. */
export type Range = readonly [from: number, to: number];

export type PatternNode =
  /** One character. */
  | { kind: "set"; ranges: readonly Range[] }
  | { kind: "sequence"; parts: readonly PatternNode[] }
  | { kind: "choice"; branches: readonly PatternNode[] }
  /** `most` null: any number of times. */
  | { kind: "repeat"; part: PatternNode; least: number; most: number | null };

export type ParsedPattern = { node: PatternNode } | { problem: string };

/** PostgreSQL takes no larger count. */
const mostTimes = 255;
const lastCodePoint = 0x10ffff;
const digits: Range[] = [[0x30, 0x39]];
const wordCharacters: Range[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const blanks: Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const classes: Readonly<Record<string, readonly Range[]>> = { d: digits, w: wordCharacters, s: blanks };
const controls: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

class Refusal extends Error {}

/** `^` at its start and `$` at its end may be there and change nothing: a value must match from its first character to its last. */
export function parsePattern(text: string): ParsedPattern {
  const characters = [...text];
  let at = characters[0] === "^" ? 1 : 0;
  const end = characters.at(-1) === "$" && !endsEscaped(characters) ? characters.length - 1 : characters.length;
  const refuse = (what: string): never => {
    throw new Refusal(`${what} at character ${at + 1}`);
  };

  const choice = (): PatternNode => {
    const branches = [sequence()];
    while (at < end && characters[at] === "|") {
      at++;
      branches.push(sequence());
    }
    return branches.length === 1 ? (branches[0] as PatternNode) : { kind: "choice", branches };
  };

  const sequence = (): PatternNode => {
    const parts: PatternNode[] = [];
    while (at < end && characters[at] !== "|" && characters[at] !== ")") parts.push(repeated(one()));
    return { kind: "sequence", parts };
  };

  const repeated = (part: PatternNode): PatternNode => {
    const times = timesAt();
    if (times === undefined) return part;
    // Whether it takes few or many first makes no difference where all must match.
    if (characters[at] === "?" && at < end) at++;
    if (timesAt() !== undefined) refuse("a second count");
    return { kind: "repeat", part, ...times };
  };

  const timesAt = (): { least: number; most: number | null } | undefined => {
    const character = at < end ? characters[at] : undefined;
    const simple = { "*": { least: 0, most: null }, "+": { least: 1, most: null }, "?": { least: 0, most: 1 } }[character ?? ""];
    if (simple !== undefined) {
      at++;
      return simple;
    }
    if (character !== "{") return undefined;
    const [whole, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(characters.slice(at, end).join("")) ?? [];
    if (whole === undefined) return refuse("a { that is no count; write \\{ for the character");
    const times = { least: Number(least), most: comma === "" ? Number(least) : most === "" ? null : Number(most) };
    if (times.least > mostTimes || (times.most ?? 0) > mostTimes) refuse(`a count above ${mostTimes}`);
    if (times.most !== null && times.most < times.least) refuse("a count whose end is below its start");
    at += whole.length;
    return times;
  };

  const one = (): PatternNode => {
    const character = characters[at] as string;
    if (character === "(") return group();
    if (character === "[") return { kind: "set", ranges: bracket() };
    if (character === "\\") return { kind: "set", ranges: escaped() };
    if ("*+?{".includes(character)) refuse(`a ${character} with nothing before it`);
    if ("^$".includes(character))
      refuse(`a ${character} that is not at the ${character === "^" ? "start" : "end"} (a value must match whole)`);
    at++;
    if (character === ".") return { kind: "set", ranges: others([[0x0a, 0x0a]]) };
    return { kind: "set", ranges: [only(character)] };
  };

  const group = (): PatternNode => {
    at++;
    if (characters[at] === "?") {
      if (characters[at + 1] !== ":") refuse("look-around and named groups can't be used, (?");
      at += 2;
    }
    const inner = choice();
    if (at >= end || characters[at] !== ")") refuse("a ( without its )");
    at++;
    return inner;
  };

  const escaped = (): readonly Range[] => {
    at++;
    const character = at < end ? (characters[at] as string) : refuse("a \\ with nothing after it");
    const known = classes[character.toLowerCase()];
    const code = /^u[0-9a-fA-F]{4}/.exec(characters.slice(at, end).join(""))?.[0];
    if (known === undefined && code === undefined && controls[character] === undefined && /[A-Za-z0-9]/.test(character))
      refuse(`\\${character}, which can't be used,`);
    at += code?.length ?? 1;
    if (code !== undefined) return [only(String.fromCodePoint(Number.parseInt(code.slice(1), 16)))];
    if (known !== undefined) return character === character.toLowerCase() ? known : others(known);
    return [only(controls[character] ?? character)];
  };

  const bracket = (): readonly Range[] => {
    at++;
    const isNegated = characters[at] === "^";
    if (isNegated) at++;
    const ranges: Range[] = [];
    const piece = (): readonly Range[] => {
      if (characters[at] === "\\") return escaped();
      if (characters[at] === "[" && ":.=".includes(characters[at + 1] ?? " ")) refuse("a named class ([: :])");
      return [only(characters[at++] as string)];
    };
    while (at < end && characters[at] !== "]") {
      const from = piece();
      const isRange = characters[at] === "-" && at + 1 < end && characters[at + 1] !== "]";
      if (!isRange) {
        ranges.push(...from);
        continue;
      }
      at++;
      const to = piece();
      const [low, high] = [from[0]?.[0] ?? 0, to[0]?.[1] ?? 0];
      if (from.length > 1 || to.length > 1 || from[0]?.[0] !== from[0]?.[1] || high < low) refuse("a range that is none");
      ranges.push([low, high]);
    }
    if (at >= end) refuse("a [ without its ]");
    if (ranges.length === 0) refuse("an empty []");
    at++;
    return isNegated ? others(ranges) : ranges;
  };

  try {
    const node = choice();
    if (at < end) refuse("a ) without its (");
    return sizeOf(node) > mostStates ? { problem: "it stands for too many characters; use smaller counts" } : { node };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message };
    throw error;
  }
}

/** Each costs a little memory. */
const mostStates = 20_000;

function sizeOf(node: PatternNode): number {
  if (node.kind === "set") return 1;
  if (node.kind === "repeat") return (sizeOf(node.part) + 1) * Math.max(node.most ?? node.least + 1, 1);
  return (node.kind === "sequence" ? node.parts : node.branches).reduce((sum, each) => sum + sizeOf(each), 1);
}

/** The last character has an odd number of backslashes before it. */
function endsEscaped(characters: readonly string[]): boolean {
  let count = 0;
  while (characters[characters.length - 2 - count] === "\\") count++;
  return count % 2 === 1;
}

function only(character: string): Range {
  const code = character.codePointAt(0) as number;
  return [code, code];
}

function others(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort(([a], [b]) => a - b);
  const found: Range[] = [];
  let next = 0;
  for (const [from, to] of sorted) {
    if (from > next) found.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  return next <= lastCodePoint ? [...found, [next, lastCodePoint]] : found;
}
