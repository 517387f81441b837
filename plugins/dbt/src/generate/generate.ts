/** What a dbt project gets for the streams of a target: sources with tests and freshness, staging models and, asked for, history. Pure. */
import { historyFiles, historyProblem } from "./history.ts";
import { historyMacros } from "./macros/history.ts";
import { testMacros } from "./macros/tests.ts";
import { sourceFile } from "./sources.ts";
import { stagingFiles } from "./staging.ts";
import { planTables } from "./table.ts";

export interface GenerateInput {
  /** Both databases get the same text: what differs is in macros that dbt chooses by adapter. */
  adapter: "duckdb" | "postgres";
  /** The first word of `source('raw', 'items')`. */
  sourceName: string;
  streams: readonly GenerateStream[];
  history: boolean;
}

export interface GenerateStream {
  stream: string;
  /** Schema and name of its table. */
  schema: string;
  table: string;
  /** Column names. */
  keys: readonly string[];
  /** All columns of the table, the `_sdc_` ones too where the target adds them; `type` as the database spells it. */
  columns: readonly { property: string; name: string; type: string }[];
  loadMethod: "append-only" | "upsert" | "overwrite";
  /** Column that tells from when on a row holds, for its history; default the time it was extracted. */
  validFrom?: string;
}

export interface GeneratedFile {
  /** In the dbt project, with "/". */
  path: string;
  text: string;
}

/** Streams for which `historyProblem` has a reason get no history. @throws valid_from_unknown, valid_from_no_time */
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
