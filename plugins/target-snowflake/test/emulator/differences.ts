/**
 * What the emulator can't show of a dialect's promises, each with the reason: the checks of the kit are left out there, and the long suite
 * reports them. What it can be made to do is mended in `emulator.py`.
 */
import type { NotShown } from "@tapline/testing";

const quotes = "fakesnow puts names with quotes in them into its own statements as they are";

export const notShown: NotShown = {
  checks: {
    "names of any kind arrive as they are, in tables, columns and keys": quotes,
    "schemas of any name are made and found again": quotes,
    "a name injects nothing: other tables stay as they were and none comes into being": quotes,
    "a table of others, or its column, whose name differs only in case is used; its own stays apart":
      "DuckDB takes names that differ in case for one, Snowflake for two",
    "names that a setting would change in a loaded table are an error that says how to replace it":
      "it needs two columns whose names differ in case",
    "keys that the database holds for equal, though they are spelled differently, are one: the last row wins in a batch and across them":
      "fakesnow does not know Snowflake's collations",
  },
  values: {},
};
