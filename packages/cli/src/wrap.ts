/** Breaks lines for a terminal at words, because terminals break in the middle of them. Pure. */

/**
 * The line in pieces of at most `columns` characters; undefined, as for a stream that is no terminal: in one piece. The pieces after the
 * first begin below the text of a line such as "took      1.3 s", otherwise at a small indent. A word that is too long stays whole.
 */
export function wrap(line: string, columns: number | undefined): string[] {
  if (columns === undefined || line.length <= columns) return [line];
  const named = /^\S* {2,}/.exec(line)?.[0].length ?? 2;
  const indent = " ".repeat(named > columns / 2 ? 2 : named);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const start = lines.length === 0 ? named : indent.length;
    const space = rest.lastIndexOf(" ", columns);
    const at = space > start ? space : rest.indexOf(" ", start);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = `${indent}${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest].filter((each) => each.trim() !== "");
}
