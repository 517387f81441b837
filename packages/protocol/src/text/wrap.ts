/** Breaks lines for a terminal at words, because terminals break in the middle of them. Pure. */
import { startOf, widthOf } from "./width.ts";

/** The label of a line such as "took      1.3 s" or "   state id  dev:a-to-b", or the blanks a line begins with. */
const label = /^ *(?:\S+(?: \S+)?)? {2,}/;

/**
 * The line in pieces of at most `columns` characters; undefined, as for a stream that is no terminal: in one piece. The pieces after the
 * first begin at `textStart`: by default below the text after a label, otherwise at a small indent. A word that is too long stays whole.
 */
export function wrap(line: string, columns: number | undefined, textStart = label.exec(line)?.[0].length ?? 2): string[] {
  if (columns === undefined || widthOf(line) <= columns) return [line];
  const indent = " ".repeat(textStart > columns / 2 ? 2 : textStart);
  const lines: string[] = [];
  let rest = line;
  while (widthOf(rest) > columns) {
    const start = lines.length === 0 ? textStart : indent.length;
    const space = rest.lastIndexOf(" ", startOf(rest, columns).length);
    const at = space > start ? space : rest.indexOf(" ", start);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = `${indent}${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest].filter((each) => each.trim() !== "");
}
