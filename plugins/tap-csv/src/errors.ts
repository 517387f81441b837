/** What can go wrong when CSV files are found, understood and read. Positions count lines and characters from 1. */
import { defineErrors, type ErrorEntry } from "@tapline/sdk";

export const tapCsvErrorCatalogue = {
  files_not_given: {
    class: "config",
    message: (p: { both: boolean }) =>
      p.both ? "Both files and csv_files_definition are set" : "Neither files nor csv_files_definition says what to read",
    hint: 'Give one of them, for example "files": [{"entity": "items", "path": "items.csv", "keys": ["id"]}].',
  },
  definition_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The csv_files_definition ${p.path} can't be used: ${p.reason}`,
    hint: "It must be a JSON file holding a list like the setting files, one object an entity.",
  },
  entity_repeated: {
    class: "config",
    message: (p: { entity: string }) => `Two of the files have the entity ${JSON.stringify(p.entity)}`,
    hint: "Each entity is one stream: rename one, or put their files into one folder and give the folder as path.",
  },
  encoding_unsupported: {
    class: "config",
    message: (p: { encoding: string }) =>
      `The encoding ${JSON.stringify(p.encoding)} is not supported; UTF-8 is, with or without a byte order mark`,
    hint: (p: { encoding: string }) => `Convert the file first, for example: iconv -f ${p.encoding} -t UTF-8 in.csv > out.csv`,
  },
  dialect_invalid: {
    class: "config",
    message: (p: { setting: string; problem: string }) => `The setting ${p.setting} ${p.problem}`,
    hint: 'delimiter, quotechar and escapechar are one ASCII character each, all different; a tab is "\\t" in JSON.',
  },
  file_missing: {
    class: "config",
    message: (p: { path: string }) => `There is no file or folder ${p.path}`,
    hint: "Check the path; a relative one starts at the folder the command runs in.",
  },
  folder_without_csv: {
    class: "config",
    message: (p: { path: string }) => `The folder ${p.path} holds no .csv, .tsv or .txt file`,
    hint: "Check the path. Folders inside it and names that start with a dot are not looked at.",
  },
  file_forbidden: {
    class: "config",
    message: (p: { path: string; user: string }) => `The user ${p.user} may not read ${p.path}`,
    hint: "Give that user read permission on the file and on the folders above it (chmod, chown), or run as another user.",
  },
  file_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `${p.path} can't be read: ${p.reason}`,
    hint: "It must be a regular file or a folder that stays in place while it is read.",
  },
  file_empty: {
    class: "data",
    message: (p: { bytes: number }) =>
      p.bytes === 0 ? "The file is empty" : `The file holds ${p.bytes} bytes but no header: all its lines are blank`,
    hint: "The first line must name the columns. Export the file again, or take it out of the config.",
  },
  header_name_empty: {
    class: "data",
    message: (p: { columns: readonly number[]; of: number }) =>
      `The header has no name for ${p.columns.length === 1 ? "column" : "columns"} ${p.columns.join(", ")} of ${p.of}`,
    hint: "Give each column a name in the file's first line. A delimiter at the end of that line makes an unnamed last column.",
  },
  header_name_repeated: {
    class: "data",
    message: (p: { name: string; columns: readonly number[] }) =>
      `The header has the name ${JSON.stringify(p.name)} in columns ${p.columns.join(", ")}`,
    hint: "Rename all but one of them in the file's first line.",
  },
  header_name_reserved: {
    class: "data",
    message: (p: { name: string; column: number }) =>
      `Column ${p.column} is called ${JSON.stringify(p.name)}, which add_metadata_columns adds as well`,
    hint: "Rename the column in the file's first line, or set add_metadata_columns to false.",
  },
  column_not_in_header: {
    class: "config",
    message: (p: { setting: string; name: string; header: readonly string[] }) =>
      `The ${p.setting} ${JSON.stringify(p.name)} is no column of the header, which has ${quoted(p.header)}`,
    hint: (p: { meant?: string | undefined; setting: string }) =>
      p.meant === undefined
        ? `Name a column as the header has it. If the header looks like one long name, set delimiter.`
        : `Did you mean ${JSON.stringify(p.meant)}?`,
  },
  column_unknown: {
    class: "data",
    message: (p: { name: string; first: string; header: readonly string[] }) =>
      `The header has a column ${JSON.stringify(p.name)} that ${p.first} lacks; that file has ${quoted(p.header)}`,
    hint: "All files of an entity have the columns of the first one by name. Rename the column, or give the file an entity of its own.",
  },
  row_too_short: {
    class: "data",
    recovery: "skip",
    message: (p: { cells: number; columns: number }) => `The row has ${p.cells} cells, and the header has ${p.columns} columns`,
    hint: "Usual causes: a line break in a cell that is not quoted, or another delimiter (see the setting delimiter). Mend that line.",
  },
  row_too_long: {
    class: "data",
    recovery: "skip",
    message: (p: { cells: number; columns: number }) => `The row has ${p.cells} cells, and the header has ${p.columns} columns`,
    hint: "Usual cause: a delimiter in a cell that is not quoted. Put that cell in quotes.",
  },
  row_over_budget: {
    class: "data",
    message: (p: { limit: number; quoteLine: number }) =>
      `The row has more than ${p.limit} bytes${p.quoteLine > 0 ? `; a quote that opened in line ${p.quoteLine} is not closed yet` : ""}`,
    hint: (p: { quoteLine: number }) =>
      p.quoteLine > 0
        ? "Close the quote in that line, or raise max_row_bytes if the cell is really so long."
        : "Raise max_row_bytes if the row is really so long; otherwise check that this is a CSV file.",
  },
  quote_not_closed: {
    class: "data",
    message: () => "A quote opens here and is never closed",
    hint: 'Close it, or double it ("") if it belongs to the text. If the file does not quote with this character, set quotechar.',
  },
  text_after_quote: {
    class: "data",
    message: (p: { found: string }) => `After a closing quote comes ${JSON.stringify(p.found)} instead of a delimiter or the line's end`,
    hint: 'A quote inside a quoted cell is doubled (""), or set escapechar if the file escapes it; otherwise mend that line.',
  },
  escape_at_end: {
    class: "data",
    message: () => "The file ends with an escape character that escapes nothing",
    hint: "The file may have been cut: export it again. If it does not escape with this character, take escapechar out of the config.",
  },
  invalid_utf8: {
    class: "data",
    message: (p: { byte: number }) => `The byte 0x${p.byte.toString(16).padStart(2, "0").toUpperCase()} is not valid UTF-8 here`,
    hint: 'Convert the file first, for example: iconv -f WINDOWS-1252 -t UTF-8 in.csv > out.csv (-f UTF-16 for Excel\'s "Unicode text").',
  },
  value_unfit: {
    class: "data",
    recovery: "skip",
    message: (p: { value: string; expected: string }) => `The value ${JSON.stringify(p.value)} is not ${p.expected}`,
    hint: "The type came from the first rows or the catalog: set infer to full so that all rows decide, or make the column a string in the catalog.",
  },
  bookmark_unusable: {
    class: "config",
    message: (p: { value: string; expected: string }) =>
      `The bookmark ${p.value} can't be compared with the replication key, which is ${p.expected}`,
    hint: "The column's type changed since the last run: clear the stream's state to read everything again, or give the column its old type in the catalog.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(tapCsvErrorCatalogue);

/** At most thirty names, so that a message stays readable. */
function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 30).map((name) => JSON.stringify(shorten(name)));
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}

/** Cuts a value to 40 characters for a message. */
export function shorten(text: string): string {
  const characters = [...text.slice(0, 100)];
  return characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : text;
}
