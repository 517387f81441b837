/** What a type of DuckDB is on the wire. */
import type { DuckDBType } from "@duckdb/node-api";
import type { JsonSchema } from "@tapline/sdk";
import type { CursorKind } from "@tapline/sql-tap";

export type Api = typeof import("@duckdb/node-api");

export interface WireType {
  property: JsonSchema;
  /** SQL of the JSON text of a value, given SQL of the value. NULL for NULL. */
  text: (value: string) => string;
  /** What the column is where a value does not fit the property, and the SQL that is true of such a value. */
  wider?: { property: JsonSchema; text: (value: string) => string; isNeeded: (value: string) => string };
  /** SQL that is true of a value that arrives as NULL though it is none. */
  isLostNull?: (value: string) => string;
  cursor?: CursorKind;
  /** Nothing is known of the type: its text is sent. */
  isUnknown?: boolean;
}

export interface TypeOptions {
  api: Api;
  datesAsText: boolean;
  /** How deep in other types; 0: a column. */
  depth: number;
}

/** The type of a part of a nested value. */
export type PartType = (type: DuckDBType) => WireType;
