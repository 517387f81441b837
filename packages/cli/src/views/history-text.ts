/** Shows runs of the history as text, and as JSON with keys in snake_case. Pure. */
import { describeCheckResult, describeNode } from "@tapline/protocol";
import { layOut, wrap } from "@tapline/protocol/text";
import {
  describeBookmark,
  describeBytes,
  describeChanges,
  describeCount,
  describeFailure,
  describeSeconds,
  describeTrigger,
  layOutNumbers,
  type RunRecord,
  type StepRecord,
  snakeKeys,
} from "@tapline/runner";
import { clean } from "../terminal.ts";

/** Long names are cut where a line would be longer than `columns`. A narrow screen leaves out what an id or a name says as well. */
export function describeRuns(runs: readonly RunRecord[], columns = Number.POSITIVE_INFINITY): string[] {
  if (runs.length === 0) return ["There are no such runs in this project's history."];
  const isNarrow = columns < wide;
  const severalEnvironments = new Set(runs.map(({ environment }) => environment)).size > 1;
  const cells = (run: RunRecord): (string | false)[] => [
    run.runId,
    !isNarrow && run.startedAt.slice(0, 19).replace("T", " "),
    !(isNarrow && severalEnvironments) && tookOf(run),
    run.status,
    run.rows === undefined ? "" : describeCount(run.rows.loaded),
    run.trigger.kind,
    !(isNarrow && !severalEnvironments) && run.environment,
    clean(run.name),
  ];
  const shown = cells(runs[0] as RunRecord).map((cell) => cell !== false);
  const rows = [["run", "started (UTC)", "took", "status", "rows", "by", "env", "job"], ...runs.map(cells)].map((row) =>
    row.filter((cell, index): cell is string => shown[index] === true && cell !== false),
  );
  const align = rows[0]?.map((name): "left" | "right" => (name === "rows" ? "right" : "left"));
  const names = (rows[0]?.length ?? 0) - (shown[6] ? 2 : 1);
  return layOut(rows, { width: columns, align, whole: Array.from({ length: names }, (_, index) => index) });
}

/** With so many columns there is room for all of a run. */
const wide = 100;

/** Lines that are longer than `columns` are broken at words. */
export function describeRunRecord(run: RunRecord, steps: readonly StepRecord[], columns?: number): string[] {
  const tags = Object.entries(run.tags).map(([key, value]) => `${key}=${value}`);
  const facts: [string, string][] = [
    ["run", run.runId],
    ["job", `${run.name} (${run.environment})`],
    ["status", run.status],
    ["started", `${run.startedAt} by ${describeTrigger(run.trigger)}`],
    ["took", tookOf(run)],
    ...(tags.length === 0 ? [] : [["tags", tags.join(", ")] as [string, string]]),
    ["log", run.logFile ?? `.tapline/runs/${run.runId}.jsonl`],
    ...(run.notices ?? []).map(({ channel, event, outcome, reason }): [string, string] => [
      "told",
      `${channel} of the ${event}: ${outcome}${reason === null ? "" : ` (${reason})`}`,
    ]),
  ];
  const lines = [
    ...facts.map(([name, text]) => `${name.padEnd(8)}${text}`),
    ...steps.flatMap((step) => ["", ...describeStep(step, columns)]),
  ];
  return lines.map(clean).flatMap((line) => wrap(line, columns));
}

function describeStep(step: StepRecord, width: number | undefined): string[] {
  const { index, name, status, stateId, attempts, plugins, error, streams, nodes = [], warnings = [], checks } = step;
  const versions = plugins.map((plugin) => `${plugin.name} ${plugin.version ?? "(version unknown)"}`).join(", ");
  const tries = attempts.length > 1 ? `, ${attempts.length} tries` : "";
  return [
    `${index + 1}. ${name}: ${status}${tries}, ${tookOf(step)}`,
    ...(stateId === null ? [] : [`   state id  ${stateId}`]),
    `   plugins   ${versions}`,
    ...(streams.length === 0
      ? []
      : layOutNumbers([columns, ...streams.map(cellsOf)], width === undefined ? undefined : width - 3).map((line) => `   ${line}`)),
    ...describeChanges(streams).map((line) => `   ${line}`),
    ...bookmarksOf(streams),
    // Records of an earlier version have no warnings.
    ...(checks ?? []).map((check) => `   ${check.status === "not_run" ? "not run" : check.status}  ${describeCheckResult(check)}`),
    ...warnings
      .filter((warning) => !(checks ?? []).some((check) => warning === describeCheckResult(check)))
      .map((warning) => `   Warning: ${warning}`),
    ...nodes.map((node) => `   ${describeNode(node)}`),
    ...(error === null ? [] : [`   ${describeFailure(error)}`]),
  ];
}

/** A line for each stream that has a bookmark; --json has all of it. */
function bookmarksOf(streams: StepRecord["streams"]): string[] {
  return streams.flatMap(({ stream, bookmarkBefore: before, bookmarkAfter: after }) => {
    if (before === null && after === null) return [];
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    return [
      `   ${stream}: bookmark ${isSame ? `${describeBookmark(after)} (unchanged)` : changeOf(describeBookmark(before), describeBookmark(after))}`,
    ];
  });
}

const changeOf = (before: string, after: string): string => (before === after ? after : `${before} -> ${after}`);

const columns = ["stream", "read", "loaded", "rejected", "bytes", "rows/s"];

function cellsOf({ stream, sent, loaded, rejected, rejectedByTap, bytes, rowsPerSecond }: StepRecord["streams"][number]): string[] {
  const byTap = rejectedByTap?.count ?? 0;
  const left = byTap > 0 ? (rejected ?? 0) + byTap : rejected;
  return [
    stream,
    describeCount(sent === null ? null : sent + byTap),
    describeCount(loaded),
    describeCount(left),
    describeBytes(bytes),
    describeCount(rowsPerSecond),
  ];
}

function tookOf({ startedAt, endedAt }: { startedAt: string | null; endedAt: string | null }): string {
  return startedAt === null || endedAt === null ? "not ended" : describeSeconds((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}

/** Keys inside tags, flags and bookmarks are left as people wrote them. */
export function runFields(record: RunRecord | StepRecord): Record<string, unknown> {
  const fields = snakeKeys(record);
  return "streams" in record ? { ...fields, streams: record.streams.map(snakeKeys) } : fields;
}
