/** A pattern as the regular expression that databases take: each part spelled so that all of them understand the same. Pure. */
import type { PatternNode, Range } from "./parse-pattern.ts";

/** Without anchors: the caller says that a value must match whole. */
export function patternText(node: PatternNode): string {
  switch (node.kind) {
    case "set":
      return setText(node.ranges);
    case "sequence":
      return node.parts.map((part) => (part.kind === "choice" ? `(${patternText(part)})` : patternText(part))).join("");
    case "choice":
      return node.branches.map(patternText).join("|");
    default: {
      const { least, most } = node;
      const times = most === null ? (least === 0 ? "*" : least === 1 ? "+" : `{${least},}`) : `{${least},${most}}`;
      return `${node.part.kind === "set" ? patternText(node.part) : `(${patternText(node.part)})`}${times}`;
    }
  }
}

function setText(ranges: readonly Range[]): string {
  const [[from, to] = [0, 0], ...more] = ranges;
  if (more.length === 0 && from === to) return spelled(from, /[\\^$.*+?()[\]{}|]/);
  const inBrackets = (code: number): string => spelled(code, /[\\\][^-]/);
  // No text of a database has U+0000.
  const parts = ranges.map(([low, high]): [number, number] => [Math.max(low, 1), high]).filter(([low, high]) => low <= high);
  return `[${parts.map(([low, high]) => (low === high ? inBrackets(low) : `${inBrackets(low)}-${inBrackets(high)}`)).join("")}]`;
}

function spelled(code: number, special: RegExp): string {
  const text = String.fromCodePoint(code);
  return special.test(text) ? `\\${text}` : text;
}
