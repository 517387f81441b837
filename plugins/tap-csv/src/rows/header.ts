/** The column names of a table: never empty and never twice, whatever the header has. */

export interface Header {
  names: readonly string[];
  /** The changes to the names, in words. */
  notes: readonly string[];
}

/** `rows`: the cells of the header rows, from the top. The cells of a column are joined by a space. */
export function headerOf(rows: readonly (readonly string[])[]): Header {
  const width = Math.max(...rows.map((cells) => cells.length));
  const texts = Array.from({ length: width }, (_, i) =>
    rows
      .map((cells) => cells[i] ?? "")
      .filter((text) => text.trim() !== "")
      .join(" "),
  );
  return uniqueNames(texts);
}

export function numberedHeader(width: number): Header {
  return { names: Array.from({ length: width }, (_, i) => `column_${i + 1}`), notes: [] };
}

/** Keeps unique names. An empty name becomes `column_3`, the second `name` becomes `name_2`. */
function uniqueNames(texts: readonly string[]): Header {
  const taken = new Set(texts);
  const seen = new Set<string>();
  const notes: string[] = [];
  const names = texts.map((text, i) => {
    if (text !== "" && !seen.has(text)) {
      seen.add(text);
      return text;
    }
    const stem = text === "" ? `column_${i + 1}` : text;
    let name = stem;
    for (let number = 2; seen.has(name) || taken.has(name); number++) name = `${stem}_${number}`;
    seen.add(name);
    notes.push(
      text === ""
        ? `column ${i + 1} has no name and is named ${JSON.stringify(name)}`
        : `column ${i + 1} repeats the name ${JSON.stringify(text)} and is named ${JSON.stringify(name)}`,
    );
    return name;
  });
  return { names, notes };
}
