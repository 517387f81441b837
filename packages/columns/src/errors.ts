/** Why a row or a value does not fit its columns, by code. */
import { defineErrors, type ErrorEntry } from "@tapline/protocol";

interface Value {
  /** The value as JSON, cut to a length for logs. */
  value: string;
  /** Its JSON type. */
  kind: string;
  /** SQL type of the column. */
  type: string;
}

export const columnErrorCatalogue = {
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
    hint: "Repair the row at its source, or drop NOT NULL from the column.",
  },
  wrong_type: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} (${p.kind}) is not a value for a ${p.type} column`,
    hint: (p: Value) => `Have the tap send what its schema declares, or add "${p.kind}" to the property's types in the SCHEMA.`,
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
    message: (p: Value) => `${p.value} is not a finite number, which a ${p.type} column can't hold`,
    hint: 'Have the tap send null, or declare the property as plain "number" without multipleOf.',
  },
  text_too_long: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is longer than ${p.type} allows`,
    hint: "Repair the row at its source, or make the column longer; schema_policy evolve does that for you.",
  },
  invalid_uuid: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is not a UUID (32 hexadecimal digits in groups of 8-4-4-4-12)`,
    hint: "Repair the value in the source, or have the tap declare the property as a string without format.",
  },
  invalid_base64: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is not base64, although its schema declares that (contentEncoding)`,
    hint: "Repair the value in the source, or have the tap declare the property as a string without contentEncoding.",
  },
  invalid_date: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is not a calendar date with an optional midnight (YYYY-MM-DD, years 0001 to 9999)`,
    hint: 'Repair the value in the source, set on_bad_time to null, or have the tap declare the property as "date-time" or as a string without format.',
  },
  invalid_time: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is not a time of day in UTC or without zone (HH:MM:SS, with an optional fraction)`,
    hint: "Repair the value in the source, set on_bad_time to null, or have the tap declare the property as a string without format.",
  },
  invalid_timestamp: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is not a date and time (YYYY-MM-DDTHH:MM:SS with an optional fraction and zone, years 0001 to 9999)`,
    hint: "Repair the value in the source, set on_bad_time to null, or have the tap declare the property as a string without format.",
  },
  fraction_too_fine: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is finer than a microsecond, which is the finest ${p.type} holds`,
    hint: "In other columns such digits are cut, but two keys could become one. Have the tap round the value, or declare the property as a string without format.",
  },
  seconds_too_fine: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} has more digits of a second than ${p.type} holds`,
    hint: "The database would round it. Have the tap round the value, or give the column more digits.",
  },
  not_a_label: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is none of the values of ${p.type}`,
    hint: "Add the value to the type, repair it at its source, or set schema_policy to new_column for this stream.",
  },
  invalid_interval: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `${p.value} is no length of time (1 day 02:03:04, 90 minutes, P1DT2H; only seconds may have a fraction)`,
    hint: "Repair the value in the source, or load the property into a column of text.",
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
    message: (p: Value) => `The ${p.kind} has a NUL character (U+0000) in it`,
    hint: "It is most often the padding of a fixed-width field: set nul_characters to remove or replace, or remove it at its source.",
  },
  nested_too_deep: {
    class: "data",
    recovery: "skip",
    message: (p: Value) => `The ${p.kind} is nested too deeply to be written as JSON`,
    hint: "Leave that column out with the catalog, or have the tap send it as text.",
  },
} as const satisfies Record<string, ErrorEntry>;

export const errors = defineErrors(columnErrorCatalogue);

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
  | "seconds_too_fine"
  | "not_a_label"
  | "invalid_interval"
  | "leap_second"
  | "nul_character"
  | "nested_too_deep";
