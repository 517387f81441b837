/** What people may give to `tapline load` for this tap. */
import type { Opening } from "@tapline/sdk";
import { allEndings } from "./files/formats.ts";

export const openings: readonly Opening[] = [
  { schemes: ["duckdb"], setting: "filepath", without_scheme: true },
  { extensions: [".duckdb", ".ddb"], setting: "filepath" },
  { extensions: [...allEndings], setting: "path", patterns: true, list: "files", stream: "entity", keys: "keys", read_again: "read_again" },
];
