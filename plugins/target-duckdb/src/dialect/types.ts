/** DuckDB's column types as the plans of loads use them. */
import type { ColumnType } from "@tapline/columns";
import { convert, measure, spelling, typeOf } from "@tapline/duckdb";
import type { Types } from "@tapline/sql";

export const types: Types = {
  ...spelling,
  maxPrecision: 38,
  plainNumber: { kind: "double" },
  plainDecimal: { kind: "decimal", precision: 38, scale: 18 },
  typeOf,
  convert,
  convertsByCopy,
  measure,
};

/**
 * After a crash DuckDB reads its log before it knows the functions of its extensions (json, icu, core_functions), or functions that are not
 * named in full. It can't read a log with ALTER … TYPE … USING such a function, nor open the file again (DuckDB 1.5).
 */
function convertsByCopy(from: ColumnType, to: ColumnType): boolean {
  return to.kind === "json" || ["timestamptz", "timestamp"].includes(from.kind) || ["timestamptz", "timestamp"].includes(to.kind);
}
