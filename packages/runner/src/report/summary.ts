/** The summary that a run ends with, for people. Pure. */

import {
  describeCost,
  describeFaultyRow,
  describeMapCount,
  describePosition,
  describeTolerated,
  isSuccess,
  losesNothing,
} from "@tapline/protocol";
import { shorten, widthOf } from "@tapline/protocol/text";
import type { Failure } from "../model/failure.ts";
import { describeGuarantee } from "../model/guarantee.ts";
import type { CheckResult } from "../model/planned-check.ts";
import type { JobStatus, RunResult } from "../model/run-event.ts";
import { runOfTry } from "../model/run-id.ts";
import type { StreamResult } from "../model/stream-result.ts";
import { describeChanges } from "./describe-changes.ts";
import { describeLoaded } from "./describe-loaded.ts";
import { describeState } from "./describe-state.ts";
import { describeCount, describeSeconds, layOutNumbers } from "./format.ts";

/** What to type next, as the person would type it. */
export interface NextCommands {
  /** The same run again. */
  again: string;
  /** After a failure. */
  retry: string;
  /** Shows rows of the stream in the target; undefined where there is no such command. */
  preview?: ((stream: string) => string) | undefined;
  /** The bookmark is not in the project's store. */
  isElsewhere?: boolean;
}

/** More warnings than these are only in the log. */
const shownWarnings = 10;

/**
 * The table of streams, which fits into `columns` characters, and the lines below it. For a run that failed before a row was loaded, one
 * line and its warnings: its cause is what matters.
 */
export function describeRun(result: RunResult, next: NextCommands = defaultCommands(result), columns = Number.POSITIVE_INFINITY): string[] {
  const { streams, status, failure } = result;
  if (failure !== null && endedBeforeRows(result, failure)) return [shortResult(result), ...describeWarnings(result)];
  const facts: [string, string][] = [];
  facts.push(...destinationsOf(result));
  facts.push(["bookmark", describeState(result.stateAfter)]);
  // A run without files did not start its target.
  if (streams.length > 0) facts.push(["delivery", describeGuarantee(result.delivery)]);
  if (result.cost !== undefined) facts.push(["cost", describeCost(result.cost)]);
  if (result.checks !== undefined) facts.push(["checks", describeChecks(result.checks)]);
  facts.push(["run", runOfTry(result.runId)], ["took", describeSeconds(result.seconds)]);
  facts.push(...nextSteps(result, next));
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...(streams.length > 0 ? tableOf(result, columns) : [shortResult(result)]),
    ...describeChanges(streams),
    ...(isSuccess(status) ? [...streams.flatMap(remarksOn), ...remarksOnAll(result)] : describeLoaded(result)),
    ...describeWarnings(result),
    ...faultyValues(result.checks ?? []),
    "",
    ...facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
  ];
}

/** "5 passed, 1 failed". What failed is among the warnings, or is the failure. */
function describeChecks(checks: readonly CheckResult[]): string {
  const counts = (["passed", "failed", "not_run"] as const).map(
    (status) => [status, checks.filter((each) => each.status === status).length] as const,
  );
  return counts
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${status.replace("_", " ")}`)
    .join(", ");
}

/** What checks that show values have found. */
function faultyValues(checks: readonly CheckResult[]): string[] {
  const shown = checks.filter((each) => each.first.some(({ values }) => values !== undefined));
  return shown.map((each) => `${each.id}: ${each.first.map(describeFaultyRow).join("; ")}`);
}

/** Where the rows are. */
function destinationsOf({ place, streams }: RunResult): [string, string][] {
  const database = place?.value ?? streams.find((each) => each.database !== undefined)?.database;
  const tables = [...new Set(streams.flatMap(({ table }) => table ?? []))];
  return [
    ...(database === undefined ? [] : [["database", database] as [string, string]]),
    ...(tables.length === 0 ? [] : [[tables.length === 1 ? "table" : "tables", shorten(tables.join(", "), 300)] as [string, string]]),
  ];
}

/** How a run or a step ended, in words. */
export function describeStatus(status: JobStatus): string {
  if (status === "timed_out") return "timed out";
  return status === "warning" ? "done with warnings" : status;
}

/** One line: plugin, stream and position, cause, what to do. */
export function describeFailure({ plugin, code, position, message, hint }: Failure): string {
  const { stream, ...rest } = position;
  const where = [plugin, ...(stream === undefined ? [] : [`stream ${stream}`]), describePosition(rest)].filter((part) => part !== "");
  const sentence = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").trim();
  return `${code === "run_stopped" ? "Stopped" : "Failed"}: ${where.join(", ")}: ${sentence(message)} — ${sentence(hint)}`;
}

function defaultCommands({ tap, target }: RunResult): NextCommands {
  const again = `tapline run ${tap} ${target}`;
  return { again, retry: again };
}

/** If a plugin refused its config, or the target could not connect, the tap may have sent rows that nobody received. */
function endedBeforeRows(
  { streams, reportsLoad, target, stateBefore, stateAfter }: RunResult,
  { class: failureClass, code, plugin }: Failure,
): boolean {
  if (streams.some(({ received, loaded }) => (received ?? 0) + (loaded ?? 0) > 0)) return false;
  if (failureClass === "config" && code !== "run_stopped") return true;
  if (streams.length === 0 && code !== "run_stopped") return stateBefore === stateAfter;
  return reportsLoad && (streams.every(sentNothing) || (plugin === target && code !== "plugin_killed"));
}

function shortResult({ streams, reportsLoad, failure }: RunResult): string {
  if (streams.length === 0 && !reportsLoad && failure?.class !== "config") return "No row counts were reported.";
  return streams.every(sentNothing) ? "No rows were read." : "No rows were loaded.";
}

const sentNothing = ({ sent }: StreamResult): boolean => (sent ?? 0) === 0;

/** What the tap read: the rows it sent, and those it rejected itself. */
function readRows({ sent, rejectedByTap }: StreamResult): number | null {
  return sent === null ? null : sent + (rejectedByTap?.count ?? 0);
}

const allColumns: readonly [string, (each: StreamResult) => number | null | undefined][] = [
  ["read", readRows],
  ["filtered", ({ filtered }) => filtered],
  ["loaded", ({ loaded }) => loaded],
  ["new", ({ inserted }) => inserted],
  ["updated", ({ updated }) => updated],
  ["rejected", ({ rejected, rejectedByTap }) => (rejectedByTap ? (rejected ?? 0) + rejectedByTap.count : rejected)],
  ["deleted", ({ deleted }) => deleted],
  ["in table", ({ inTable }) => inTable],
  ["rows/s", rowsPerSecond],
];

const optionalColumns = ["filtered", "rejected", "deleted"];

/** Filtered, rejected and deleted rows have a column only if there are any. A table that is too wide has no rates, and then shorter names. */
function tableOf({ streams: reported, status }: RunResult, width: number): string[] {
  const streams = isSuccess(status) ? reported : reported.map(withRowsOnTheWay);
  const isKnown = isSuccess(status) || streams.some(({ inTable }) => inTable !== null);
  const isAny = (count: (each: StreamResult) => number | null | undefined): boolean => streams.some((each) => (count(each) ?? 0) > 0);
  const columns = allColumns.filter(([name, count]) => (optionalColumns.includes(name) ? isAny(count) : name !== "in table" || isKnown));
  const head = ["stream", ...columns.map(([name]) => name)];
  const rows = [head, ...streams.map((each) => [each.stream, ...columns.map(([, count]) => describeCount(count(each) ?? null))])];
  if (streams.length > 1)
    rows.push(["total", ...columns.map(([name, count]) => (name === "rows/s" ? "" : describeCount(sumOf(streams.map(count)))))]);
  const whole = layOutNumbers(rows);
  if (whole.every((line) => widthOf(line) <= width)) return whole;
  return layOutNumbers(
    rows.map((row) => row.slice(0, -1)),
    width,
  );
}

/** null: one of them is not known. */
function sumOf(counts: readonly (number | null | undefined)[]): number | null {
  return counts.reduce<number | null>((sum, count) => (sum === null || count == null ? null : sum + count), 0);
}

/** A tap that was stopped does not report its last rows, but what the target received was sent. */
function withRowsOnTheWay(result: StreamResult): StreamResult {
  const { sent, received, summedUpBy } = result;
  return sent === null || received === null || summedUpBy.includes("tap") ? result : { ...result, sent: Math.max(sent, received) };
}

function rowsPerSecond({ sent, received, seconds }: StreamResult): number | null {
  const rows = received ?? sent;
  return rows === null || seconds === null ? null : Math.round(rows / Math.max(seconds, 0.001));
}

function remarksOn({ stream, superseded, skipped, inFiles, tolerated = [] }: StreamResult): string[] {
  const remarks = tolerated.filter(losesNothing).map((each) => `${stream}: ${describeTolerated(each)}`);
  if (inFiles !== undefined) remarks.push(`${stream}: ${describeCount(inFiles)} ${inFiles === 1 ? "row" : "rows"} went as files`);
  if (superseded !== null && superseded > 0) {
    const rows = `${describeCount(superseded)} sent ${superseded === 1 ? "row was" : "rows were"}`;
    remarks.push(`${stream}: ${rows} replaced by a later row with the same key`);
  }
  if (skipped)
    remarks.push(
      `${stream}: ${describeCount(skipped)} ${skipped === 1 ? "line that is" : "lines that are"} not data ${skipped === 1 ? "was" : "were"} left out`,
    );
  return remarks;
}

function remarksOnAll({ streams, stateBefore, overwrite, unchecked, mapped = [] }: RunResult): string[] {
  const renamed = mapped.filter(({ from, to }) => to !== from).map(describeMapCount);
  return [...renamed, ...otherRemarks({ streams, stateBefore, overwrite, unchecked })];
}

function otherRemarks({
  streams,
  stateBefore,
  overwrite,
  unchecked,
}: Pick<RunResult, "streams" | "stateBefore" | "overwrite" | "unchecked">): string[] {
  const note = unchecked === null ? [] : [`It was not checked whether earlier rows are still there: ${unchecked}.`];
  if (overwrite) return ["The tap started from the beginning, because the target replaces its tables (load_method: overwrite)."];
  const isIdle = streams.length > 0 && streams.every(({ sent, received }) => sent === 0 && (received ?? 0) === 0);
  return [...(isIdle && stateBefore !== null ? ["There were no new rows since the last run."] : []), ...note];
}

function describeWarnings({ warnings, runId }: RunResult): string[] {
  const more = warnings.length - shownWarnings;
  return [
    ...warnings.slice(0, shownWarnings).map((warning) => `Warning: ${warning}`),
    ...(more > 0 ? [`and ${describeCount(more)} more warnings: tapline runs logs ${runOfTry(runId)}`] : []),
  ];
}

function nextSteps(result: RunResult, { again, retry, preview, isElsewhere = false }: NextCommands): [string, string][] {
  const { status, stateId, stateAfter, overwrite, failure } = result;
  if (!isSuccess(status)) {
    if (failure?.code !== "run_stopped") return [["next", `fix the cause below, then: ${retry}`]];
    return [["next", `${retry}   (${stateAfter === null ? "starts from the beginning" : "continues from the bookmark"})`]];
  }
  const loaded = result.streams.find((each) => (each.loaded ?? 0) > 0)?.stream;
  const look: [string, string][] = stateAfter === null || isElsewhere ? [] : [["", `tapline state get ${stateId}   (shows the bookmark)`]];
  if (preview !== undefined && result.showsRows && loaded !== undefined) look.unshift(["", `${preview(loaded)}   (shows rows)`]);
  return [["next", `${again}   (${overwrite ? "replaces the tables" : "loads new and updated rows"})`], ...look];
}
