/** What differs between two texts, line by line: for states before and after a change. Pure. */

export interface DiffLine {
  kind: "same" | "removed" | "added";
  text: string;
}

/** Beyond this many lines on both sides the middle is shown as replaced whole: the table of the comparison grows with the product. */
const mostCompared = 1500;

/** The fewest lines removed and added that lead from one text to the other. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, young] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < Math.min(old.length, young.length) && old[start] === young[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, young.length) - start && old.at(-1 - end) === young.at(-1 - end)) end++;
  return [
    ...lines("same", old.slice(0, start)),
    ...diffMiddle(old.slice(start, old.length - end), young.slice(start, young.length - end)),
    ...lines("same", end === 0 ? [] : old.slice(-end)),
  ];
}

/** Without the lines that are the same and far from a change; a gap is null. */
export function withoutFarLines(diff: readonly DiffLine[], near = 2): (DiffLine | null)[] {
  const isNear = diff.map((_, index) => diff.slice(Math.max(0, index - near), index + near + 1).some(({ kind }) => kind !== "same"));
  return diff.flatMap((line, index) => (isNear[index] ? [line] : isNear[index - 1] || index === 0 ? [null] : []));
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.split("\n"));

const lines = (kind: DiffLine["kind"], texts: readonly string[]): DiffLine[] => texts.map((text) => ({ kind, text }));

function diffMiddle(old: readonly string[], young: readonly string[]): DiffLine[] {
  if (old.length > mostCompared || young.length > mostCompared) return [...lines("removed", old), ...lines("added", young)];
  // longest[i][j]: how many lines the rest of old from i and the rest of young from j have in common.
  const longest = Array.from({ length: old.length + 1 }, () => new Uint16Array(young.length + 1));
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = young.length - 1; j >= 0; j--)
      (longest[i] as Uint16Array)[j] = old[i] === young[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const diff: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < young.length) {
    if (i < old.length && j < young.length && old[i] === young[j]) {
      diff.push({ kind: "same", text: old[i++] as string });
      j++;
    } else if (j >= young.length || (i < old.length && at(i + 1, j) >= at(i, j + 1)))
      diff.push({ kind: "removed", text: old[i++] as string });
    else diff.push({ kind: "added", text: young[j++] as string });
  }
  return diff;
}
