/** The errors of tap-csv. Positions count lines and characters from 1. */
import { defineErrors, type ErrorEntry, fileErrorCatalogue } from "@tapline/sdk";

export const tapCsvErrorCatalogue = {
  files_not_given: {
    class: "config",
    message: (p: { both: boolean }) =>
      p.both ? "Both files and csv_files_definition are set" : "Neither files nor csv_files_definition is set, so there is nothing to read",
    hint: 'Set one of them, for example "files": [{"entity": "items", "path": "items.csv", "keys": ["id"]}].',
  },
  definition_unusable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The csv_files_definition ${p.path} can't be used: ${p.reason}`,
    hint: "It must be a JSON file that contains a list in the form of the setting files: one object for each entity.",
  },
  entity_repeated: {
    class: "config",
    message: (p: { entity: string }) => `Two entries of files have the same entity, ${JSON.stringify(p.entity)}`,
    hint: "Each entity is one stream. Rename one of them, or give one entry a list of paths.",
  },
  dialect_invalid: {
    class: "config",
    message: (p: { setting: string; problem: string }) => `The setting ${p.setting} ${p.problem}`,
    hint: 'quotechar and escapechar are one character each, and both differ from the delimiter. Write a tab as "\\t" in JSON.',
  },
  folder_without_csv: {
    class: "config",
    message: (p: { path: string }) => `The folder ${p.path} contains no .csv, .tsv, .txt, .xlsx or .xlsm file`,
    hint: "Check the path. Compressed text files (.gz, .zst, .zip) count too; hidden files do not. To read folders inside it, use a pattern with **.",
  },
  archive_without_csv: {
    class: "config",
    message: (p: { path: string }) => `The archive ${p.path} contains no .csv, .tsv or .txt file`,
    hint: "Check that it is the right file. Files in it whose names start with a dot are ignored.",
  },
  stream_without_source: {
    class: "config",
    message: (p: { both: boolean }) => (p.both ? "The stream has both path and match" : "The stream has neither path nor match"),
    hint: 'Give the stream a path, or set inbox and give the stream a match, for example {"entity": "customers", "match": {"name": "customers*.csv"}}.',
  },
  inbox_not_given: {
    class: "config",
    message: () => "The stream has match, but the config has no inbox",
    hint: 'Set inbox to a folder or a pattern, for example "inbox": "incoming", or give the stream a path.',
  },
  file_matches_twice: {
    class: "config",
    message: (p: { file: string; first: string; second: string }) =>
      `${p.file} matches two streams, ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)}`,
    hint: "Make one of the two match settings narrower, so that each file belongs to one stream.",
  },
  pipe_read_twice: {
    class: "config",
    message: (p: { path: string }) => `${p.path} is a pipe and was already read`,
    hint: "A pipe can be read only once. Use it in one stream only, or write the data to a file first.",
  },
  archive_broken: {
    class: "data",
    message: (p: { path: string; reason: string }) => `${p.path} can't be unpacked: ${p.reason}`,
    hint: "The file may be incomplete or still being written. Copy it again, or try to unpack it with another program.",
  },
  archive_unreadable: {
    class: "config",
    message: (p: { path: string; member: string; reason: string }) => `The file ${JSON.stringify(p.member)} in ${p.path} ${p.reason}`,
    hint: "Unpack the archive and give the folder as path. Only files that are not encrypted and are stored, deflated or compressed with zstd can be read from an archive.",
  },
  workbook_unsupported: {
    class: "config",
    message: (p: { path: string; what: string }) => `${p.path} is ${p.what}, which can't be read`,
    hint: "Open it in Excel or LibreOffice and save it as an Excel workbook (.xlsx) without a password, or convert it: soffice --headless --convert-to xlsx FILE",
  },
  workbook_broken: {
    class: "data",
    message: (p: { path: string; part: string; reason: string }) => `${p.path} is not a valid workbook: in ${p.part}, ${p.reason}`,
    hint: "The file may be damaged, or written by a program with a fault. Open it in Excel or LibreOffice and save it again.",
  },
  sheet_missing: {
    class: "config",
    message: (p: { path: string; problem: string; sheets: readonly string[] }) =>
      `${p.problem} in ${p.path}, which has ${quoted(p.sheets)}`,
    hint: (p: { meant?: string | undefined }) =>
      p.meant === undefined ? "Set sheet to the name of one of its sheets." : `Did you mean ${JSON.stringify(p.meant)}?`,
  },
  sheet_empty: {
    class: "data",
    message: (p: { path: string; sheet: string; range?: string | undefined; others: readonly string[] }) => {
      const where = p.range === undefined ? "" : ` in the range ${p.range}`;
      const others = p.others.length === 0 ? "" : `; the other sheets are ${quoted(p.others)}`;
      return `The sheet ${JSON.stringify(p.sheet)} of ${p.path} has no values${where}${others}`;
    },
    hint: "Set sheet or range to where the table is, or remove the file from the config.",
  },
  range_invalid: {
    class: "config",
    message: (p: { range: string; problem: string }) => `The range ${JSON.stringify(p.range)} ${p.problem}`,
    hint: "Write it as in Excel, for example A3:F, B:D, A3:F100 or A3; the first row of a range is the first row of the header.",
  },
  formula_without_result: {
    class: "data",
    message: (p: { cell: string }) => `The formula in ${p.cell} has no stored result`,
    hint: "The program that wrote the file did not run its formulas. Open it in Excel or LibreOffice and save it, which stores the results.",
  },
  cell_left_of_table: {
    class: "data",
    message: (p: { cell: string; table: string }) => `${p.cell} has a value, but the table begins in column ${p.table}`,
    hint: "Set range to the columns of the table, for example B3:F; cells outside it are not read.",
  },
  encoding_unknown: {
    class: "config",
    message: (p: { encoding: string }) => `The encoding ${JSON.stringify(p.encoding)} is not supported`,
    hint: (p: { encoding: string }) =>
      `Use a name such as utf-8, utf-16, windows-1252, latin9, cp850 or shift_jis, or convert the file first: iconv -f ${p.encoding} -t UTF-8 in.csv > out.csv`,
  },
  file_empty: {
    class: "data",
    message: (p: { bytes: number; isWorkbook?: boolean }) => {
      if (p.isWorkbook === true) return "The workbook has one sheet, and it is empty";
      return p.bytes === 0 ? "The file is empty" : `The file has ${p.bytes} bytes but no header: all its lines are blank`;
    },
    hint: "The file needs at least a header. Export it again, remove it from the config, or set empty_files to skip.",
  },
  header_missing: {
    class: "data",
    message: (p: { limit: number }) => `The first ${p.limit} bytes have no header: all lines are blank`,
    hint: "The input may be a device that never ends. Give a CSV file, or raise max_row_bytes.",
  },
  header_repeated: {
    class: "data",
    message: () => "The row is the same as the header",
    hint: "Files that were joined have a header for each of them. Delete the row, or set repeated_header to skip (or to row if it is data).",
  },
  header_name_reserved: {
    class: "data",
    message: (p: { name: string; column: number }) =>
      `Column ${p.column} is named ${JSON.stringify(p.name)}, and add_metadata_columns adds a column of that name`,
    hint: "Rename the column in the file, or set add_metadata_columns to false.",
  },
  column_not_in_header: {
    class: "config",
    message: (p: { setting: string; name: string; header: readonly string[] }) =>
      `The ${p.setting} ${JSON.stringify(p.name)} is not a column of the file. Its columns are ${quoted(p.header)}`,
    hint: (p: { meant?: string | undefined; setting: string }) =>
      p.meant === undefined
        ? "Use the name of a column exactly as it is in the header. If the header looks like one long name, set delimiter."
        : `Did you mean ${JSON.stringify(p.meant)}?`,
  },
  row_too_short: {
    class: "data",
    recovery: "skip",
    message: (p: { cells: number; columns: number }) =>
      `The row has ${counted(p.cells, "cell")}, but the header has ${counted(p.columns, "column")}`,
    hint: "Usual causes: a line break in a cell without quotes, a wrong delimiter, or a line after the table. Correct the line, set short_rows to pad or reject (or on_bad_row to reject), or set footer to the number of lines after the table.",
  },
  row_too_long: {
    class: "data",
    recovery: "skip",
    message: (p: { cells: number; columns: number }) =>
      `The row has ${counted(p.cells, "cell")}, but the header has ${counted(p.columns, "column")}`,
    hint: "Usual cause: a delimiter in a cell without quotes. Put that cell in quotes, or set long_rows to truncate or reject. In a sheet: a value right of the table; set range.",
  },
  rejects_unreadable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `The file of rejected rows ${p.path} can't be read: ${p.reason}`,
    hint: "Check the setting rejects: it must name a file that you are allowed to read.",
  },
  rejects_busy: {
    class: "config",
    recovery: "retry",
    message: (p: { path: string }) => `Rows are being added to ${p.path} at the same time`,
    hint: "Nothing was discarded. Try again when the run that writes the file has ended.",
  },
  rejects_unwritable: {
    class: "config",
    message: (p: { path: string; reason: string }) => `Rejected rows can't be written to ${p.path}: ${p.reason}`,
    hint: "Check the setting rejects: the folder must exist, and you must be allowed to write the file.",
  },
  row_blank: {
    class: "data",
    recovery: "skip",
    message: () => "The line is blank",
    hint: "Delete the line, or set blank_lines to skip.",
  },
  row_empty: {
    class: "data",
    recovery: "skip",
    message: () => "Every cell of the row is empty",
    hint: "Delete the row, or set empty_rows to skip (or to row if it is data).",
  },
  nul_byte: {
    class: "data",
    recovery: "skip",
    message: () => "The row contains a NUL byte",
    hint: "Check the setting encoding: UTF-16 has many NUL bytes, other text has none. If they belong to the text, set nul_bytes to keep.",
  },
  row_over_budget: {
    class: "data",
    message: (p: { limit: number; quoteLine: number }) =>
      `The row has more than ${p.limit} bytes${p.quoteLine > 0 ? `; a quote that opens in line ${p.quoteLine} is still not closed` : ""}`,
    hint: (p: { quoteLine: number }) =>
      p.quoteLine > 0
        ? "Close the quote in that line. If the cell really is that long, raise max_row_bytes."
        : "If the row really is that long, raise max_row_bytes. Otherwise check that this is a CSV file.",
  },
  quote_not_closed: {
    class: "data",
    message: () => "A quote opens here and is never closed",
    hint: 'Close it, or write it twice ("") if it belongs to the text. If the file does not use this character for quoting, set quotechar.',
  },
  text_after_quote: {
    class: "data",
    message: (p: { found: string }) =>
      `After a closing quote, ${JSON.stringify(p.found)} was found instead of a delimiter or the end of the line`,
    hint: 'Write a quote inside a quoted cell twice (""), or set escapechar if the file escapes quotes. Or set stray_quotes to text or reject.',
  },
  escape_at_end: {
    class: "data",
    message: () => "The file ends with an escape character that escapes nothing",
    hint: "The file may be incomplete: export it again. If this character does not escape others in the file, set escapechar to null.",
  },
  invalid_utf8: {
    class: "data",
    message: (p: { byte: number | undefined; encoding: string }) =>
      `${p.byte === undefined ? "A byte" : `The byte 0x${p.byte.toString(16).padStart(2, "0").toUpperCase()}`} is not valid ${p.encoding.replace(/^utf/, "UTF")} here`,
    hint: (p: { encoding: string }) =>
      `If the file is in another encoding, set encoding${p.encoding === "utf-8" ? ", for example to windows-1252" : ""}. If only a few bytes are damaged, set bad_bytes to reject (leaves such rows out) or replace (U+FFFD takes the place of each).`,
  },
  value_unfit: {
    class: "data",
    recovery: "skip",
    message: (p: { value: string; expected: string }) => `The value ${JSON.stringify(p.value)} is not ${p.expected}`,
    hint: (p: { infersAll: boolean }) =>
      `Give the column another type or format (in the setting columns or in the catalog), ${p.infersAll ? "or set on_type_break to reject or widen" : "set on_type_break to reject or widen, or set infer to full so that the types are detected from all rows"}.`,
  },
  column_type_unusable: {
    class: "config",
    message: (p: { type: string; problem: string }) => `The column's type ${p.type} ${p.problem}`,
    hint: 'A decimal needs a scale, or a format that shows one. Write the format of a number the way the file would write 1,234.56, such as "1.234,56 €"; of a date or time with %Y %m %d %b %H %I %p %M %S %z (a date-time needs %z or the setting time_zone); of a boolean as two words, such as "yes/no".',
  },
  time_zone_unknown: {
    class: "config",
    message: (p: { zone: string }) => `The time_zone ${JSON.stringify(p.zone)} is unknown`,
    hint: "Use an IANA name such as Europe/Berlin or UTC, or an offset such as +02:00.",
  },
  version_would_append: {
    class: "data",
    message: (p: { path: string }) =>
      `${p.path} is new, gone or changed, so detect_deletes reads all files again. Rows are appended, so each would be in the table a second time`,
    hint: (p: { stream: string }) =>
      `Set keys and let the target upsert. To append a new copy of all rows each time, set changed_files to append. To load the stream anew: tapline run … --full-refresh --replace ${p.stream}`,
  },
  settings_changed: {
    class: "config",
    message: (p: {
      names: readonly string[];
      files: { count: number; first: string } | undefined;
      because: "keys" | "append" | "gone";
    }) => {
      const what =
        p.files === undefined ? "Its rows" : p.files.count === 1 ? p.files.first : `${p.files.count} files, such as ${p.files.first},`;
      const their = p.files?.count === 1 ? "its" : "their";
      const because = {
        keys: `but ${their} rows are in the table under the old keys`,
        append: `and ${their} rows would be appended a second time`,
        gone: `but ${p.files?.first} is gone`,
      }[p.because];
      return `Settings changed since the files of the stream were read: ${p.names.join(", ")}. ${what} would have to be read again, ${because}`;
    },
    hint: (p: { stream: string; names: readonly string[]; keysBefore?: readonly string[] | undefined }) => {
      const before = p.keysBefore === undefined ? "" : `Loaded before with keys ${JSON.stringify(p.keysBefore)}: set them again. `;
      const anew = `${before}To load the stream anew with the new settings: tapline run … --full-refresh --replace ${p.stream}.`;
      if (p.names.includes("replication_key")) return anew;
      return `${anew} To leave what is loaded as it is, and use the new settings from now on: tapline run … --keep, or changed_settings: keep for one run`;
    },
  },
  detect_deletes_unusable: {
    class: "config",
    message: (p: { problem: string }) => `detect_deletes can't find deleted rows: ${p.problem}`,
    hint: "detect_deletes needs complete exports in files that can be read again. Remove it, or remove the setting that conflicts with it.",
  },
  claims_unusable: {
    class: "config",
    message: (p: { problem: string }) => `Files of this stream can't be put away after they are loaded: ${p.problem}`,
    hint: "Remove replication_method: FULL_TABLE, or the setting files of the tap in tapline.yml.",
  },
  bookmark_unusable: {
    class: "config",
    message: (p: { value: string; expected: string }) =>
      `The bookmark ${p.value} can't be compared with the replication key, which is ${p.expected}`,
    hint: "The type of the column changed after the last run. Clear the stream's state to read everything again, or give the column its old type in the catalog.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors({ ...fileErrorCatalogue, ...tapCsvErrorCatalogue });

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** At most thirty names, to keep the message readable. */
function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 30).map((name) => JSON.stringify(shorten(name)));
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}

/** Cuts a value to 40 characters for a message. */
export function shorten(text: string): string {
  const characters = [...text.slice(0, 100)];
  return characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : text;
}
