/** Failures every target for a SQL database has: of names, of tables and of values. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

interface Value {
  /** The value as JSON, cut to a length that is fit for a log. */
  value: string;
  /** Its JSON type. */
  kind: string;
  /** SQL type of the column. */
  type: string;
}

export const sqlErrorCatalogue = {
  name_collision: {
    class: "config",
    message: (p: { table: string; first: string; second: string }) =>
      `The streams ${JSON.stringify(p.first)} and ${JSON.stringify(p.second)} would both load into table ${p.table}`,
    hint: "Leave one out with the catalog, rename one, or set stream_names to exact.",
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
    message: (p: { table: string; what: string }) => `${p.table} is a ${p.what}, so no rows can be loaded into it`,
    hint: "Drop or rename it, or choose another default_target_schema.",
  },
  too_many_columns: {
    class: "config",
    message: (p: { table: string; columns: number; most: number; database: string }) =>
      `Table ${p.table} would have ${p.columns} columns, and ${p.database} allows ${p.most}`,
    hint: "Leave some out with the catalog (tapline select), or load into a database without that limit, such as DuckDB.",
  },
  schema_frozen: {
    class: "config",
    message: (p: { table: string; changes: readonly string[] }) =>
      `schema_policy is freeze, and table ${p.table} would have to change: ${p.changes.join("; ")}`,
    hint: "Nothing was written. Have the tap send the old schema, change the table yourself, or set schema_policy to evolve for this stream.",
  },
  type_conflict: {
    class: "config",
    message: (p: { table: string; column: string; existing: string; wanted: string }) =>
      `Column ${JSON.stringify(p.column)} of table ${p.table} is ${p.existing}, which can't hold every ${p.wanted} the stream may send now`,
    hint: "Set schema_policy to new_column for this stream, which puts them in a column beside it, change the column yourself, or load into another table.",
  },
  row_id_hidden: {
    class: "config",
    message: (p: { table: string; column: string; database: string }) =>
      `Table ${p.table} has a column ${JSON.stringify(p.column)}, which hides the row ids by which ${p.database} tells rows of one key apart`,
    hint: "Rename that column, or load the stream with load_method append-only. In tables the target makes itself it gets another name.",
  },
  copy_refused: {
    class: "config",
    message: (p: { table: string; changes: readonly string[]; reason: string }) =>
      `Table ${p.table} has to be changed by way of a copy, as ${p.reason}, and others gave it constraints, indexes, defaults or comments that a copy would not have: ${p.changes.join("; ")}`,
    hint: "Drop those, or change the columns yourself. Where rows were replaced before, it is enough that the tap sends a STATE before it changes keys or columns; else schema_policy new_column for this stream is the way around.",
  },
  count_mismatch: {
    class: "bug",
    message: (p: { table: string; expected: string; found: string }) =>
      `Table ${p.table} has ${p.found} rows before the commit where ${p.expected} were expected, so it was rolled back`,
    hint: "Nothing of this commit was kept. Look for triggers or other programs that change the table, and report it with the input that led here.",
  },
  insert_count_mismatch: {
    class: "bug",
    message: (p: { table: string; expected: number; found: number; database: string }) =>
      `${p.database} took ${p.found} of the ${p.expected} rows of a batch into table ${p.table}, so everything since the last commit was rolled back`,
    hint: "Report it with the input that led here.",
  },
  run_superseded: {
    class: "config",
    message: (p: { stateId: string; runId: string; table: string }) =>
      `Another run has taken over ${p.stateId}: ${p.table} no longer names run ${p.runId}, so nothing since its last commit was kept`,
    hint: "Two runs of one state id can't load side by side. Wait for the other one to end, then run again; nothing is lost.",
  },
  ledger_refused: {
    class: "config",
    message: (p: { reason: string }) => `exactly_once is require, but ${p.reason}`,
    hint: "Let the role create and write that table (or create it beforehand), or set exactly_once to prefer: appends are then at least once.",
  },
  ledger_without_run: {
    class: "config",
    message: () => "exactly_once is require, but no state_id and run_id were given",
    hint: "Start the target by `tapline run`, which gives them. In a plain pipe nobody can tell a whole input from a torn one, so appends are at least once there.",
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
  null_refused: {
    class: "data",
    recovery: "skip",
    message: (p: { column: string; type: string }) =>
      `The record has no value for ${JSON.stringify(p.column)}, and the table's column (${p.type}) is NOT NULL`,
    hint: "Mend the row at its source, or drop NOT NULL from the column.",
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
    message: (p: Value) => `The integer ${p.value} is beyond what a ${p.type} column holds`,
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
    hint: 'Have the tap declare a larger precision, or the property as "string".',
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
    message: (p: Value) => `The number ${p.value} has more digits than a ${p.type} column keeps`,
    hint: 'Have the tap declare it as a decimal: "multipleOf": 0.01 (or a smaller power of ten), or "format": "singer.decimal" with precision and scale.',
  },
  not_finite: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is no finite number and has no place in a ${p.type} column`,
    hint: 'Have the tap send null, or declare the property as plain "number" without multipleOf.',
  },
  text_too_long: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is longer than ${p.type} allows`,
    hint: "Mend the row at its source, or make the column longer; with schema_policy evolve that is done for you.",
  },
  invalid_uuid: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is no UUID (32 hexadecimal digits in groups of 8-4-4-4-12)`,
    hint: "Repair the value in the source, or have the tap declare the property as a string without format.",
  },
  invalid_base64: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is no base64, which its schema says it is (contentEncoding)`,
    hint: "Repair the value in the source, or have the tap declare the property as a string without contentEncoding.",
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
  nul_character: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `The ${p.kind} has a NUL character (U+0000) in it, which a ${p.type} column can't hold`,
    hint: "Remove the character at its source: it is most often the padding of a fixed-width field.",
  },
  nested_too_deep: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `The ${p.kind} is nested too deeply to be written as JSON`,
    hint: "Leave that column out with the catalog, or have the tap send it as text.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(sqlErrorCatalogue);

/** The codes of errors about one value; a column refuses a value with one of them. */
export type ValueErrorCode =
  | "wrong_type"
  | "integer_out_of_range"
  | "integer_has_fraction"
  | "decimal_out_of_range"
  | "decimal_too_fine"
  | "double_not_exact"
  | "not_finite"
  | "text_too_long"
  | "invalid_uuid"
  | "invalid_base64"
  | "invalid_date"
  | "invalid_time"
  | "invalid_timestamp"
  | "fraction_too_fine"
  | "leap_second"
  | "nul_character"
  | "nested_too_deep";
