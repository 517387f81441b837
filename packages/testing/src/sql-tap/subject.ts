/** A tap for a SQL database as its kit sees it: how to start it, and how to change its source. */
import type { Json } from "@tapline/protocol";

export interface SqlTapUnderTest {
  /** The program and its first arguments. */
  command: readonly string[];
  /** A config that reads all tables of this schema and of no other. */
  config(schema: string): Record<string, unknown>;
  /** Runs statements on the source, one after another. */
  execute(...statements: string[]): Promise<unknown>;
  /** The stream of a table. */
  stream(schema: string, table: string): string;
  /** One entry for each type: its name in SQL, and values with what they are on the wire. */
  types: readonly SqlTapType[];
  /** SQL that fails when it is evaluated for the column, which is an integer and 1: `1 / (column - 1)`. */
  failing(column: string): string;
  /** A type whose values have more digits than a JavaScript number, and one of times with microseconds, for bookmarks. */
  cursors: readonly { type: string; first: string; second: string }[];
  /** Types of times with microseconds, and how a time in UTC is written for them, where they are not those of standard SQL. */
  times?: Readonly<Record<"instant" | "local", SqlTimeType>>;
  env?: Record<string, string>;
  timeoutMs?: number;
}

export interface SqlTimeType {
  type: string;
  /** `utc`: "2026-03-28 00:00:00.000000". */
  written(utc: string): string;
}

export interface SqlTapType {
  type: string;
  values: readonly (readonly [sql: string, wire: Json])[];
}
