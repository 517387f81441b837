/** The types that a column of a file can have. */
export type ColumnKind = "integer" | "number" | "decimal" | "boolean" | "date" | "time" | "date-time" | "string";
