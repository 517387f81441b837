/** The settings of this tap: a database file and which of its tables are read, or files that DuckDB reads. */
import { memoryLimit, threadCount } from "@tapline/duckdb";
import { type SettingAliases, type Static, Type } from "@tapline/sdk";
import { namePatterns, rangeSettings } from "@tapline/sql-tap";
import { fileSettings } from "./files/settings.ts";

export const config = Type.Object({
  filepath: Type.Optional(
    Type.String({ minLength: 1, description: "The database file, which is opened for reading only. Or give `files`." }),
  ),
  filter_schemas: namePatterns("Schemas to read: a list, or names with commas between them; * stands for any characters. Default: all."),
  filter_tables: namePatterns("Tables and views to read, as schema.table; * stands for any characters. Default: all of those schemas."),
  dates_as_string: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        "true: dates and timestamps are text as DuckDB writes it, in UTC. false: they are dates, unless a table has values in the column that are none to JSON Schema (infinity, before the year 1, after 9999) or are finer than a microsecond: then the column is text.",
    }),
  ),
  lookback: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        "How far before its bookmark an INCREMENTAL stream is read again: seconds where the replication key is a time, days where it is a date, a count where it is a number.",
    }),
  ),
  ...rangeSettings,
  external_access: Type.Optional(
    Type.Boolean({
      default: false,
      description: "true: views of the database may read the files and addresses that they name. false: such views can't be read.",
    }),
  ),
  ...fileSettings,
  memory_limit: memoryLimit,
  threads: threadCount,
});

export type Config = Static<typeof config>;

export const aliases: SettingAliases = { path: "filepath", database: "filepath" };
