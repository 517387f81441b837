/**
 * Path patterns as in a shell: `*`, `?`, `[a-c]`, `[!a]`, `{a,b}`, a backslash before a literal character, and `**` for any
 * folders. Matching takes at most time in proportion to the product of both lengths.
 */

/** One part of a path. */
export type Segment =
  | { readonly kind: "folders" }
  | { readonly kind: "literal"; readonly name: string }
  | { readonly kind: "pattern"; readonly pieces: readonly Piece[]; readonly showsHidden: boolean };

type Piece = { readonly kind: "one"; matches(character: string): boolean } | { readonly kind: "any" };

const maxAlternatives = 1000;

export const isGlob = (path: string): boolean => /[*?[{]/.test(path);

/** Returns the parts of the path for each alternative of the braces. @throws RangeError when there are too many alternatives */
export function parseGlob(pattern: string): Segment[][] {
  return expandBraces(pattern).map((one) => one.split("/").map(parseSegment));
}

function parseSegment(text: string): Segment {
  if (text === "**") return { kind: "folders" };
  const isLiteral = !/(^|[^\\])(\\\\)*[*?[]/.test(text);
  if (isLiteral) return { kind: "literal", name: text.replace(/\\(.)/g, "$1") };
  return { kind: "pattern", pieces: parsePart(text), showsHidden: text.startsWith(".") };
}

/**
 * Whether a file's name matches one of the alternatives of a pattern without slashes.
 * @example nameMatcher("orders_*.{csv,tsv}")("orders_7.csv") // true
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const alternatives = expandBraces(pattern).map(parsePart);
  return (name) => alternatives.some((pieces) => matchPart(pieces, name));
}

/** Going back to the last star is enough, so there is no recursion. */
export function matchPart(pieces: readonly Piece[], name: string): boolean {
  const characters = [...name];
  let [at, piece, star, starAt] = [0, 0, -1, 0];
  while (at < characters.length) {
    const wanted = pieces[piece];
    if (wanted?.kind === "one" && wanted.matches(characters[at] as string)) {
      at++;
      piece++;
    } else if (wanted?.kind === "any") {
      star = piece++;
      starAt = at;
    } else if (star >= 0) {
      piece = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (pieces[piece]?.kind === "any") piece++;
  return piece === pieces.length;
}

function parsePart(part: string): Piece[] {
  const pieces: Piece[] = [];
  const characters = [...part];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string;
    const set = character === "[" ? parseSet(characters, i) : undefined;
    if (set !== undefined) {
      pieces.push({ kind: "one", matches: set.matches });
      i = set.end;
    } else if (character === "*") pieces.push({ kind: "any" });
    else if (character === "?") pieces.push({ kind: "one", matches: () => true });
    else {
      const literal = character === "\\" && i + 1 < characters.length ? characters[++i] : character;
      pieces.push({ kind: "one", matches: (other) => other === literal });
    }
  }
  return pieces;
}

/** Undefined when the bracket is not closed: then it is a literal character. */
function parseSet(characters: readonly string[], from: number): { end: number; matches: (character: string) => boolean } | undefined {
  const isNegated = characters[from + 1] === "!" || characters[from + 1] === "^";
  const start = from + (isNegated ? 2 : 1);
  // A closing bracket in first position belongs to the set.
  const end = characters.indexOf("]", start + 1);
  if (end < 0) return;
  const inside = characters.slice(start, end);
  const ranges: [string, string][] = [];
  for (let i = 0; i < inside.length; i++) {
    const first = inside[i] as string;
    const isRange = inside[i + 1] === "-" && i + 2 < inside.length;
    ranges.push([first, isRange ? (inside[i + 2] as string) : first]);
    if (isRange) i += 2;
  }
  return { end, matches: (character) => ranges.some(([low, high]) => low <= character && character <= high) !== isNegated };
}

function expandBraces(pattern: string): string[] {
  const brace = firstBrace(pattern);
  if (brace === undefined) return [pattern];
  const { start, end, choices } = brace;
  const expanded = choices.flatMap((choice) => expandBraces(pattern.slice(0, start) + choice + pattern.slice(end + 1)));
  if (expanded.length > maxAlternatives) throw new RangeError(`its braces expand to more than ${maxAlternatives} patterns`);
  return expanded;
}

/** The first brace that is closed and has a comma. */
function firstBrace(pattern: string): { start: number; end: number; choices: string[] } | undefined {
  for (let start = 0; start < pattern.length; start++) {
    if (pattern[start] === "\\") start++;
    else if (pattern[start] === "{") {
      const choices: string[] = [];
      let depth = 0;
      let from = start + 1;
      for (let at = start; at < pattern.length; at++) {
        const character = pattern[at];
        if (character === "\\") at++;
        else if (character === "{") depth++;
        else if (character === "," && depth === 1) {
          choices.push(pattern.slice(from, at));
          from = at + 1;
        } else if (character === "}" && --depth === 0) {
          choices.push(pattern.slice(from, at));
          if (choices.length > 1) return { start, end: at, choices };
          break;
        }
      }
    }
  }
  return;
}
