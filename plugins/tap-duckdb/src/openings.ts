/** What people may give to `tapline load` for this tap. */
import type { Opening } from "@tapline/sdk";

export const openings: readonly Opening[] = [
  { schemes: ["duckdb"], setting: "filepath", without_scheme: true },
  { extensions: [".duckdb", ".ddb"], setting: "filepath" },
];
