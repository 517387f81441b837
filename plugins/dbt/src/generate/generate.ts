/** Generates the files for the streams of a target: sources with tests and freshness, staging models and, on request, history models. Pure. */

import type { GeneratedFile } from "./generated-file.ts";
import { historyFiles, historyProblem } from "./history.ts";
import { historyMacros } from "./macros/history.ts";
import { testMacros } from "./macros/tests.ts";
import { sourceFile } from "./sources.ts";
import { stagingFiles } from "./staging.ts";
import type { GenerateStream } from "./stream.ts";
import { planTables } from "./table.ts";

export interface GenerateInput {
  /** The text is the same for both databases: where they differ, dbt chooses a macro by adapter. */
  adapter: "duckdb" | "postgres";
  /** The first word of `source('raw', 'items')`. */
  sourceName: string;
  streams: readonly GenerateStream[];
  history: boolean;
}

/** Streams with a `historyProblem` get no history. @throws valid_from_unknown, valid_from_no_time */
export function generateFiles({ sourceName, streams, history }: GenerateInput): GeneratedFile[] {
  const tables = planTables(sourceName, streams);
  const files = tables.flatMap((table) => [
    sourceFile(table),
    ...stagingFiles(table),
    ...(history && historyProblem(table.stream) === undefined ? historyFiles(table) : []),
  ]);
  return [
    { path: "macros/tapline_tests.sql", text: testMacros },
    ...(history ? [{ path: "macros/tapline_history.sql", text: historyMacros }] : []),
    ...files,
  ];
}
