/** Records of the history as answers of the API. Pure. */
import { describeCheckResult } from "@tapline/protocol";
import { describeBookmark, describeChanges, describeTrigger, type RunRecord, type StepRecord, type StreamRecord } from "@tapline/runner";
import type { CheckOfRun, Failure, RunSummary, StepOfRun, StreamOfRun } from "./answers.ts";

export function summaryOf({ runId, name, environment, status, trigger, tags, startedAt, endedAt, rows, error }: RunRecord): RunSummary {
  return {
    ...{ run_id: runId, name, environment, status, tags, rows: rows ?? null, error: failureOf(error) },
    trigger: { kind: trigger.kind, text: describeTrigger(trigger) },
    ...{ started_at: startedAt, ended_at: endedAt },
  };
}

export function failureOf(error: RunRecord["error"]): Failure | null {
  if (error === null) return null;
  const { plugin, code, message, hint, position } = error;
  return { plugin, code, message, hint, position: { ...position } };
}

export function stepOf(step: StepRecord): StepOfRun {
  const { index, name, status, stateId, attempts, plugins, exitCode, error, streams, checks = [], warnings = [], nodes = [] } = step;
  return {
    ...{ index, name, status, state_id: stateId, attempts, plugins, exit_code: exitCode, error: failureOf(error), warnings, nodes },
    ...{ started_at: step.startedAt, ended_at: step.endedAt },
    streams: streams.map(streamOf),
    checks: checks.map(checkOf),
  };
}

export function checkOf(result: NonNullable<StepRecord["checks"]>[number]): CheckOfRun {
  const { id, stream, rule, status, on_fail, when, expected } = result;
  return { id: id ?? `${stream}: ${expected}`, stream, rule, status, on_fail, when, expected, text: describeCheckResult(result) };
}

export function streamOf(record: StreamRecord): StreamOfRun {
  const { stream, table, database, sent, loaded, inserted, updated, deleted, rejected, bytes, seconds } = record;
  const byTap = record.rejectedByTap?.count ?? null;
  return {
    ...{ stream, table, ...(database === undefined ? {} : { database }) },
    read: sent === null ? null : sent + (byTap ?? 0),
    ...{ loaded, inserted, updated, deleted, rejected, rejected_by_tap: byTap, not_committed: record.notCommitted ?? null },
    ...{ in_table: record.inTable, bytes, seconds, rows_per_second: record.rowsPerSecond, bytes_per_second: record.bytesPerSecond },
    ...{ bookmark_before: bookmark(record.bookmarkBefore), bookmark_after: bookmark(record.bookmarkAfter) },
    changes: describeChanges([record]),
    adds_up: addsUp(record),
  };
}

const bookmark = (value: unknown): string | null => (value === null || value === undefined ? null : describeBookmark(value));

/** The rows that left the tap are those that the target loaded, rejected or set aside for a newer version. null: one side did not report. */
function addsUp({ sent, loaded, rejected, superseded, deleteRecords, notCommitted }: StreamRecord): boolean | null {
  if (sent === null || loaded === null) return null;
  return sent === loaded + (rejected ?? 0) + (superseded ?? 0) + (deleteRecords ?? 0) + (notCommitted ?? 0);
}
