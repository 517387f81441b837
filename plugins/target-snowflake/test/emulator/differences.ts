/**
 * What the emulator can't show of a dialect's promises, each with the reason. The long suite `snowflake` runs these checks too, reports each
 * with its reason, and fails where one passes. What the emulator can be made to do is mended in `emulator.py`.
 */

const quotes = "fakesnow puts names with quotes in them into its own statements as they are";

const names = "DuckDB takes names that differ in case for one, Snowflake for two";

/** By the names of checks. */
export const notShown: Readonly<Record<string, string>> = {
  "names of any kind arrive as they are, in tables, columns and keys": quotes,
  "schemas of any name are made and found again": quotes,
  "a name injects nothing: other tables stay as they were and none comes into being": quotes,
  "names that differ in case are two columns, also where the database takes them for one, in whatever order they come": names,
  "two streams whose names differ in case are two tables, or such an error where the database takes them for one": names,
  "a table of others, or its column, whose name differs only in case is used; its own stays apart": names,
  "names that a setting would change in a loaded table are an error that says how to replace it":
    "it needs two columns whose names differ in case",
  "keys that the database holds for equal, though they are spelled differently, are one: the last row wins in a batch and across them":
    "fakesnow does not know Snowflake's collations",
};
