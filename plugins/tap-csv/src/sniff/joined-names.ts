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
  const isNamed = (row: readonly string[], i: number): boolean => (row[i] ?? "").trim() !== "";
  return rows.map((cells, at) => {
    const below = rows.slice(at + 1);
    const filled = [...cells];
    for (let i = 1; i < Math.max(0, ...below.map((row) => row.length)); i++) {
      // A group of the rows above ends the group of this row.
      const isCovered = !isNamed(cells, i) && below.some((row) => isNamed(row, i)) && !rows.slice(0, at).some((row) => isNamed(row, i));
      filled[i] = (isCovered ? filled[i - 1] : cells[i]) ?? "";
    }
    return filled;
  });
}
