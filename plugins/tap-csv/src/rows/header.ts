/** The column names of a table: never empty and never twice, whatever the header has. */
import { joinNames } from "../sniff/joined-names.ts";

export interface Header {
  names: readonly string[];
  /** The changes to the names, in words. */
  notes: readonly string[];
  /** The cells of the header rows as they are in the file; none when the columns are numbered. */
  rows: readonly (readonly string[])[];
  /** The lines before the header, from the first with text on, and the first line of the header; empty without such lines. */
  preface: readonly string[];
}

/** `rows`: the cells of the header rows, from the top. */
export function headerOf(rows: readonly (readonly string[])[], preface: readonly string[] = []): Header {
  return { ...uniqueNames(joinNames(rows)), rows, preface };
}

/**
 * Names columns as other files of the stream do when only the case of letters or blanks around the name differ. `known`: the names of
 * the other files.
 */
export function likeKnown(header: Header, known: Iterable<string>): Header {
  const byKey = new Map<string, string | undefined>();
  const keyOf = (name: string): string => name.trim().toLowerCase();
  // Names that differ only in case in one file are different columns.
  for (const name of known) byKey.set(keyOf(name), byKey.has(keyOf(name)) && byKey.get(keyOf(name)) !== name ? undefined : name);
  const own = new Set(header.names);
  const notes = [...header.notes];
  const names = header.names.map((name) => {
    const meant = byKey.get(keyOf(name));
    if (meant === undefined || meant === name || own.has(meant)) return name;
    own.add(meant);
    notes.push(`column ${JSON.stringify(name)} is taken for ${JSON.stringify(meant)}, as other files of the stream name it`);
    return meant;
  });
  return { ...header, names, notes };
}

export function numberedHeader(width: number): Header {
  return { names: Array.from({ length: width }, (_, i) => `column_${i + 1}`), notes: [], rows: [], preface: [] };
}

/** Keeps unique names. An empty name becomes `column_3`, the second `name` becomes `name_2`. */
function uniqueNames(texts: readonly string[]): Pick<Header, "names" | "notes"> {
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
