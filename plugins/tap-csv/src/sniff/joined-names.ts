/** The names of the columns of a header of several rows: the cells of each column, joined by a space. */

/**
 * `rows`: the cells of the header rows, from the top. A name above the last row covers the empty cells right of it, as merged cells are
 * exported.
 */
export function joinNames(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  const filled = fillGroups(rows);
  return Array.from({ length: width }, (_, i) =>
    filled
      .map((cells) => cells[i] ?? "")
      .filter((text) => text.trim() !== "")
      .join(" "),
  );
}

function fillGroups(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((cells, at) => {
    const below = rows[at + 1];
    if (below === undefined) return cells;
    const isNamed = (row: readonly string[], i: number): boolean => (row[i] ?? "").trim() !== "";
    const filled: string[] = [];
    for (const i of below.keys()) {
      // A group of the rows above ends the group of this row.
      const isCovered = i > 0 && !isNamed(cells, i) && isNamed(below, i) && !rows.slice(0, at).some((row) => isNamed(row, i));
      filled.push((isCovered ? filled[i - 1] : cells[i]) ?? "");
    }
    return [...filled, ...cells.slice(filled.length)];
  });
}
