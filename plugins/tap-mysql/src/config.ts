/** The settings of this tap: those of the connection, and which tables are read and how. Names as in MeltanoLabs' and PipelineWise's taps where they have them. */
import { type SettingAliases, type Static, Type } from "@tapline/sdk";
import { namePatterns, rangeSettings } from "@tapline/sql-tap";
import { connectionAliases, connectionSettings } from "./session/settings.ts";

export const config = Type.Object({
  ...connectionSettings,
  filter_schemas: namePatterns(
    "Databases to read: a list, or names with commas between them; * stands for any characters. Default: the setting database, else all that the user may read, without those of the server.",
  ),
  filter_tables: namePatterns("Tables and views to read, as database.table; * stands for any characters. Default: all of those databases."),
  stream_options: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        custom_where_clauses: Type.Optional(
          Type.Array(Type.String({ minLength: 1 }), { description: "Conditions in SQL, all of which a row must meet; the table is t." }),
        ),
      }),
      {
        description:
          'Rows to read, by stream: {"shop-orders": {"custom_where_clauses": ["amount > 0"]}}. The conditions are SQL of the person who writes them. In a whole read, rows that do not meet them count as deleted.',
      },
    ),
  ),
  ssl: Type.Optional(
    Type.Union([Type.Boolean(), Type.Literal("true"), Type.Literal("false")], {
      description: "PipelineWise's name: true is ssl_mode require.",
    }),
  ),
  default_replication_method: Type.Optional(
    Type.Union([Type.Literal("FULL_TABLE"), Type.Literal("INCREMENTAL"), Type.Literal("LOG_BASED")], {
      default: "FULL_TABLE",
      description:
        "For streams whose catalog names no method. INCREMENTAL: those with exactly one column of server time (a timestamp DEFAULT CURRENT_TIMESTAMP) named updated_at, or else created_at, are read by it; the others whole. LOG_BASED: tables are read from the server's log of changes, and views whole.",
    }),
  ),
  zero_dates: Type.Optional(
    Type.Union([Type.Literal("null"), Type.Literal("text"), Type.Literal("fail")], {
      default: "null",
      description:
        "What becomes of 0000-00-00. null: it is sent as null, counted and warned of. text: the column is text from the first such value on. fail: the stream fails there. Other dates that are none, such as 2024-00-00, are text with null and text.",
    }),
  ),
  tinyint1_as_boolean: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        "true: tinyint(1), which is what BOOLEAN makes, is a boolean until a value is neither 0 nor 1, and an integer from there on.",
    }),
  ),
  dates_as_string: Type.Optional(
    Type.Boolean({
      default: false,
      description: "true: dates and times are text as the server writes it, in UTC, with 0000-00-00 too.",
    }),
  ),
  late_rows: Type.Optional(
    Type.Union([Type.Literal("auto"), Type.Literal("hold")], {
      default: "auto",
      description:
        "How INCREMENTAL streams find rows that commit late, with a replication key before the bookmark. auto: where the key is the server's time (a timestamp DEFAULT CURRENT_TIMESTAMP), the bookmark is held at the start of the oldest statement or transaction that is open; otherwise lookback, or a warning. hold: every timestamp and datetime key is the server's time in UTC.",
    }),
  ),
  lookback: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        "How far before its bookmark an INCREMENTAL stream is read again: seconds where the replication key is a time, a count where it is a number.",
    }),
  ),
  ...rangeSettings,
});

export type Config = Static<typeof config>;
export type ZeroDates = NonNullable<Config["zero_dates"]>;

export const aliases: SettingAliases = { ...connectionAliases, filter_dbs: "filter_schemas" };
