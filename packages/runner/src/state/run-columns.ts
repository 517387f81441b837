/** The table `runs` of the stores in SQL databases: its columns, and how a row is read and written. */
import type { RunRow } from "./backend.ts";

const fields = {
  run_id: "runId",
  state_id: "stateId",
  kind: "kind",
  status: "status",
  started_at: "startedAt",
  ended_at: "endedAt",
  runner: "runner",
  children: "children",
  lease_until: "leaseUntil",
  state_before: "before",
  state_after: "after",
  last_commits: "lastCommits",
  settled: "isSettled",
} as const satisfies Record<string, keyof RunRow>;
const columns = Object.keys(fields) as (keyof typeof fields)[];
const changing: readonly (keyof typeof fields)[] = [
  "kind",
  "status",
  "ended_at",
  "children",
  "lease_until",
  "state_before",
  "state_after",
  "last_commits",
  "settled",
];

/** The columns for SELECT, with the names they have in `RunRow`. */
export const runColumns = columns.map((column) => `${column} AS "${fields[column]}"`).join(", ");

/** `placeholder` returns the placeholder of a parameter by its number, from 1. */
export function upsertRun(table: string, placeholder: (number: number) => string): string {
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((_, index) => placeholder(index + 1)).join(", ")})
    ON CONFLICT (run_id) DO UPDATE SET ${changing.map((column) => `${column} = excluded.${column}`).join(", ")}`;
}

/** The parameters of `upsertRun`; objects as JSON text. */
export function runValues(run: RunRow): (string | boolean | null)[] {
  return columns.map((column) => {
    const value = run[fields[column]];
    return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
  });
}
