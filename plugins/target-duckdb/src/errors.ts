/** Every failure this target tells people about, by code: of settings, of the database file, of tables and of values. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

interface Path {
  path: string;
}

interface Value {
  /** The value as JSON, cut to a length that is fit for a log. */
  value: string;
  /** Its JSON type. */
  kind: string;
  /** SQL type of the column. */
  type: string;
}

export const targetDuckdbErrorCatalogue = {
  filepath_in_memory: {
    class: "config",
    message: (p: Path) => `filepath is ${JSON.stringify(p.path)}, a database in memory: nothing would remain of the load`,
    hint: "Set filepath to a file, for example warehouse.duckdb.",
  },
  filepath_not_local: {
    class: "config",
    message: (p: Path) => `filepath is ${JSON.stringify(p.path)}, which is not a local file`,
    hint: "Set filepath to a file on this machine; the file is made when it is missing.",
  },
  filepath_is_directory: {
    class: "config",
    message: (p: Path) => `filepath ${p.path} is a folder`,
    hint: "Name a file in it, for example by adding /warehouse.duckdb.",
  },
  folder_not_writable: {
    class: "config",
    message: (p: Path & { reason: string }) => `The folder of the database, ${p.path}, can't be made or written to (${p.reason})`,
    hint: "DuckDB keeps a write-ahead log beside its file: give this user write permission on the folder, or choose another filepath.",
  },
  not_a_database: {
    class: "config",
    message: (p: Path) => `The file ${p.path} exists and is not a DuckDB database`,
    hint: "Point filepath at another file, or move this one away; it was not changed.",
  },
  database_version: {
    class: "config",
    message: (p: Path & { reason: string }) =>
      `The database ${p.path} was written by a version of DuckDB this target can't read: ${p.reason}`,
    hint: "Use the same DuckDB version on both sides, or bring the data over with EXPORT DATABASE and IMPORT DATABASE.",
  },
  no_permission: {
    class: "config",
    message: (p: Path) => `No permission to read and write the database file ${p.path}`,
    hint: "Give the user that runs the target read and write permission on the file and its folder.",
  },
  database_locked: {
    class: "connection",
    recovery: "retry",
    message: (p: Path & { holder: string }) => `The database ${p.path} is locked by another process: ${p.holder}`,
    hint: "DuckDB lets one process write a file. Close that program (a notebook, the duckdb shell, another run) and run again.",
  },
  disk_full: {
    class: "connection",
    recovery: "retry",
    message: (p: { reason: string }) => `The disk is full: ${p.reason}`,
    hint: "Free space for the database file and for the temporary folder (TMPDIR chooses it), then run again; nothing of this commit was kept.",
  },
  memory_limit_reached: {
    class: "config",
    message: (p: { reason: string }) => `DuckDB ran into its memory limit: ${p.reason}`,
    hint: "Raise memory_limit in the target's config, or lower threads.",
  },
  temporary_folder: {
    class: "connection",
    message: (p: Path & { reason: string }) => `The temporary folder ${p.path} can't be used: ${p.reason}`,
    hint: "Batches pass through small files there: set TMPDIR to a folder this user can write to.",
  },
  database_error: {
    class: "connection",
    message: (p: { reason: string }) => `DuckDB says: ${p.reason}`,
    hint: "Everything since the last commit was rolled back. If the cause is not clear from DuckDB's words, report it with them.",
  },
  constraint_violated: {
    class: "data",
    message: (p: { table: string; reason: string }) => `A constraint of table ${p.table} refuses a row: ${p.reason}`,
    hint: "This target keeps keys unique itself and needs no constraint: drop it, or load into another table.",
  },
  name_collision: {
    class: "config",
    message: (p: { table: string; first: string; second: string }) =>
      `The streams ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)} would both load into table ${p.table}`,
    hint: "Leave one out with the catalog, rename one, or set stream_names to exact; DuckDB's names differ by more than upper and lower case.",
  },
  column_collision: {
    class: "config",
    message: (p: { first: string; second: string }) =>
      `The columns ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)} differ only in upper and lower case, which is one name to DuckDB`,
    hint: "Leave one of them out with the catalog, or rename it in the tap.",
  },
  no_columns: {
    class: "config",
    message: () => "The stream's schema has no properties, so its table would have no columns",
    hint: "Have the tap describe its columns in the SCHEMA message, or set add_record_metadata to true.",
  },
  key_not_in_schema: {
    class: "config",
    message: (p: { key: string }) => `The key property ${JSON.stringify(p.key)} is not among the schema's properties`,
    hint: "Have the tap describe it in the SCHEMA message, or set load_method to append-only.",
  },
  not_a_table: {
    class: "config",
    message: (p: { table: string }) => `${p.table} is a view, so no rows can be loaded into it`,
    hint: "Drop or rename the view, or choose another default_target_schema.",
  },
  type_conflict: {
    class: "config",
    message: (p: { table: string; column: string; existing: string; wanted: string }) =>
      `Column ${JSON.stringify(p.column)} of table ${p.table} is ${p.existing}, which can't hold every ${p.wanted} the stream may send now`,
    hint: (p: { table: string; column: string; wanted: string }) =>
      `Change it (ALTER TABLE ${p.table} ALTER ${quoted(p.column)} TYPE ${p.wanted}), load into another table, or have the tap keep the old type.`,
  },
  count_mismatch: {
    class: "bug",
    message: (p: { table: string; expected: string; found: string }) =>
      `Table ${p.table} has ${p.found} rows before the commit where ${p.expected} were expected, so it was rolled back`,
    hint: "Nothing of this commit was kept. Look for triggers of change outside this target, and report it with the input that led here.",
  },
  insert_count_mismatch: {
    class: "bug",
    message: (p: { table: string; expected: number; found: number }) =>
      `DuckDB took ${p.found} of the ${p.expected} rows of a batch into table ${p.table}, so everything since the last commit was rolled back`,
    hint: "Report it with the input that led here.",
  },
  unknown_field: {
    class: "data",
    recovery: "skip",
    message: (p: { field: string }) => `The record has a field ${JSON.stringify(p.field)} that the stream's schema does not have`,
    hint: "Have the tap send a SCHEMA with this property before the record, or leave the field out of its records: it would be lost.",
  },
  key_missing: {
    class: "data",
    recovery: "skip",
    message: (p: { key: string }) => `The record has no value for its key property ${JSON.stringify(p.key)}`,
    hint: "A row without its key can't be upserted: repair it in the source, choose other key properties, or set load_method to append-only.",
  },
  wrong_type: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} (${p.kind}) is not a value for a ${p.type} column`,
    hint: (p: Value) => `Have the tap send what its schema says, or add "${p.kind}" to the property's types in the SCHEMA.`,
  },
  integer_out_of_range: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `The integer ${p.value} is beyond the 64 bits of a BIGINT column`,
    hint: 'Have the tap declare the property as a decimal ("format": "singer.decimal", "precision": 38, "scale": 0) or as a string.',
  },
  integer_has_fraction: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} has a fraction, and the column is an integer (${p.type})`,
    hint: 'Have the tap declare the property as "number".',
  },
  decimal_out_of_range: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} has more digits before the point than ${p.type} holds`,
    hint: 'Have the tap declare a larger precision (at most 38), or the property as "string".',
  },
  decimal_too_fine: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} has more digits after the point than ${p.type} holds`,
    hint: "Have the tap declare a smaller multipleOf or a larger scale: the digits would be lost.",
  },
  double_not_exact: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `The number ${p.value} has more digits than a DOUBLE column keeps`,
    hint: 'Have the tap declare it as a decimal: "multipleOf": 0.01 (or a smaller power of ten), or "format": "singer.decimal" with precision and scale.',
  },
  not_finite: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is no finite number and has no place in a ${p.type} column`,
    hint: 'Have the tap send null, or declare the property as plain "number" (a DOUBLE column keeps NaN and infinities).',
  },
  invalid_date: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is no calendar date with an optional midnight (YYYY-MM-DD, years 0001 to 9999)`,
    hint: 'Repair the value in the source, or have the tap declare the property as "date-time" or as a string without format.',
  },
  invalid_time: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is no time of day in UTC or without zone (HH:MM:SS, with up to six digits after the point)`,
    hint: "Repair the value in the source, or have the tap declare the property as a string without format.",
  },
  invalid_timestamp: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is no date and time (YYYY-MM-DDTHH:MM:SS with an optional fraction and zone, years 0001 to 9999)`,
    hint: "Repair the value in the source, or have the tap declare the property as a string without format.",
  },
  fraction_too_fine: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is finer than a microsecond, which is the finest ${p.type} holds`,
    hint: "Have the tap round it, or declare the property as a string without format.",
  },
  leap_second: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is a leap second, which ${p.type} can't hold`,
    hint: "Have the tap send second 59 or the next minute, or declare the property as a string without format.",
  },
  nested_too_deep: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `The ${p.kind} is nested too deeply to be written as JSON`,
    hint: "Leave that column out with the catalog, or have the tap send it as text.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(targetDuckdbErrorCatalogue);

/** The codes of errors about one value; `columns/` refuses a value with one of them. */
export type ValueErrorCode =
  | "wrong_type"
  | "integer_out_of_range"
  | "integer_has_fraction"
  | "decimal_out_of_range"
  | "decimal_too_fine"
  | "double_not_exact"
  | "not_finite"
  | "invalid_date"
  | "invalid_time"
  | "invalid_timestamp"
  | "fraction_too_fine"
  | "leap_second"
  | "nested_too_deep";

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
