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
    hint: "Check the path; .gz, .zst and .zip files count as well. Folders inside it (use a pattern with **) and names that start with a dot are not looked at.",
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
  pattern_without_files: {
    class: "config",
    message: (p: { pattern: string }) => `No file matches the pattern ${p.pattern}`,
    hint: "Check the pattern; a relative one starts at the folder the command runs in. * stays within one folder, ** goes through all below.",
  },
  pattern_unusable: {
    class: "config",
    message: (p: { pattern: string; reason: string }) => `The pattern ${p.pattern} can't be used: ${p.reason}`,
    hint: "Give several shorter patterns as a list.",
  },
  path_outside_root: {
    class: "config",
    message: (p: { path: string; real: string; root: string }) => `${p.path} is ${p.real}, which is outside of the root ${p.root}`,
    hint: "Only files below the setting root are read. Move the file there, replace the link, or change root.",
  },
  archive_without_csv: {
    class: "config",
    message: (p: { path: string }) => `The archive ${p.path} holds no .csv, .tsv or .txt file`,
    hint: "Check that it is the right file. Members whose names start with a dot are not looked at.",
  },
  stream_without_source: {
    class: "config",
    message: (p: { both: boolean }) => (p.both ? "The stream has both path and match" : "The stream has neither path nor match"),
    hint: 'Give path, or set inbox and give match, for example {"entity": "customers", "match": {"name": "customers*.csv"}}.',
  },
  inbox_not_given: {
    class: "config",
    message: () => "The stream has match, and the config has no inbox whose files could match",
    hint: 'Set inbox to a folder or pattern, for example "inbox": "incoming", or give the stream a path.',
  },
  file_matches_twice: {
    class: "config",
    message: (p: { file: string; first: string; second: string }) =>
      `${p.file} matches two streams, ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)}`,
    hint: "Make the name or header of one match narrower, so that each file belongs to one stream.",
  },
  pipe_read_twice: {
    class: "config",
    message: (p: { path: string }) => `${p.path} can be read only once, and it was read already`,
    hint: "Give it to one stream only, and infer types from a sample; or write it to a file first.",
  },
  archive_broken: {
    class: "data",
    message: (p: { path: string; reason: string }) => `${p.path} can't be unpacked: ${p.reason}`,
    hint: "The file may have been cut or is still being written. Get it again, or unpack it with another program to see what is left of it.",
  },
  archive_unreadable: {
    class: "config",
    message: (p: { path: string; member: string; reason: string }) => `The member ${JSON.stringify(p.member)} of ${p.path} ${p.reason}`,
    hint: "Unpack the archive and give the folder as path. Members that are stored, deflated or packed by zstd can be read from the archive.",
  },
  encoding_unknown: {
    class: "config",
    message: (p: { encoding: string }) => `The encoding ${JSON.stringify(p.encoding)} is not known here`,
    hint: (p: { encoding: string }) =>
      `Use a name such as utf-8, utf-16, latin-1 or windows-1252, or convert the file first: iconv -f ${p.encoding} -t UTF-8 in.csv > out.csv`,
  },
  file_empty: {
    class: "data",
    message: (p: { bytes: number }) =>
      p.bytes === 0 ? "The file is empty" : `The file holds ${p.bytes} bytes but no header: all its lines are blank`,
    hint: "The first line must name the columns. Export the file again, or take it out of the config.",
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
  rejects_unwritable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `Rejected rows can't be written to ${p.path}: ${p.reason}`,
    hint: "Check the setting rejects: the folder must exist, and the file must be writable.",
  },
  row_blank: {
    class: "data",
    recovery: "skip",
    message: () => "The line is blank",
    hint: "Take it out of the file, or set blank_lines to skip.",
  },
  nul_byte: {
    class: "data",
    recovery: "skip",
    message: () => "The row holds a NUL byte",
    hint: "Text has none: check the setting encoding (UTF-16 has many). If they belong to the text, set nul_bytes to keep.",
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
    hint: "Set on_type_break to reject or widen, give the column another type or format (setting columns, or the catalog), or set infer to full so that all rows decide.",
  },
  column_type_unusable: {
    class: "config",
    message: (p: { type: string; problem: string }) => `The column's type ${p.type} ${p.problem}`,
    hint: 'A decimal needs a scale or a format that shows it. Formats: numbers as 1,234.56 is written, such as "1.234,56 €"; dates and times by %Y %m %d %b %H %I %p %M %S %z (a date-time also needs %z or the setting time_zone); booleans as two words, "yes/no".',
  },
  time_zone_unknown: {
    class: "config",
    message: (p: { zone: string }) => `The time_zone ${JSON.stringify(p.zone)} is unknown`,
    hint: "Give a name of the IANA database, such as Europe/Berlin or UTC, or an offset such as +02:00.",
  },
  file_changed: {
    class: "data",
    recovery: "retry",
    message: (p: { before: string; now: string }) => `The file changed while it was read: it was ${p.before}, and is now ${p.now}`,
    hint: "Run again when it is complete. Whoever writes it had better write to another name and rename it when done.",
  },
  detect_deletes_unusable: {
    class: "config",
    message: (p: { problem: string }) => `detect_deletes can't tell what is gone: ${p.problem}`,
    hint: "It needs whole exports in files that can be read again. Take it out of the config, or take out what it can't go with.",
  },
  file_bookmark_unusable: {
    class: "config",
    message: (p: { value: string }) => `The state's bookmark of the file is none that this tap makes: ${p.value}`,
    hint: "Clear the stream's state to read everything again.",
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
