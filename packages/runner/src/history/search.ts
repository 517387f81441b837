/** Makes the query for a page of the history. Pure. Every condition is on columns of one index, newest first. */
import type { RunFilter } from "./history.ts";

export interface Search {
  sql: string;
  values: string[];
}

export function searchOf({ before, name, status, environment, trigger, since, tags = {} }: RunFilter): Search {
  const conditions: [string, ...string[]][] = [
    ...(before === undefined
      ? []
      : [
          [
            "(started_at, run_id) < (coalesce((SELECT started_at FROM history_runs WHERE run_id = ?), ?), ?)",
            before,
            instantOf(before),
            before,
          ] as [string, ...string[]],
        ]),
    ...equal("name", name),
    ...equal("environment", environment),
    ...equal("trigger_kind", trigger),
    // Only its process shows whether a run without an end crashed.
    ...(status === "running" || status === "crashed" ? [["status IN ('running', 'crashed')"] as [string]] : equal("status", status)),
    ...(since === undefined ? [] : [["started_at >= ?", new Date(since).toISOString()] as [string, string]]),
    ...Object.entries(tags).map(([key, value]): [string, ...string[]] => [
      "EXISTS (SELECT 1 FROM json_each(tags) WHERE key = ? AND value = ?)",
      key,
      value,
    ]),
  ];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.map(([sql]) => sql).join(" AND ")}`;
  return {
    sql: `SELECT record FROM history_runs${where} ORDER BY started_at DESC, run_id DESC`,
    values: conditions.flatMap(([, ...values]) => values),
  };
}

function equal(column: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[`${column} = ?`, value]];
}

/** The second in which a run began, by its id: the place in the list of a run that was forgotten since. */
function instantOf(runId: string): string {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(runId) ?? [];
  return second === undefined ? "" : `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}
