/** The words and numbers a run ends with, for people. Pure: text in, text out. */
import { describePosition, formatNumber, isExactNumber, parseExact } from "@tapline/protocol";
import { describeGuarantee } from "../model/guarantee.ts";
import type { ToldChange } from "../model/plugin-output.ts";
import type { RunResult } from "../model/run-event.ts";
import type { StreamResult } from "../pipe-run/progress.ts";
import type { Failure } from "../pipe-run/verdict.ts";

/** The table of streams and the lines below it. `command` is what the person typed to run it, without options. */
export function describeRun(result: RunResult, command = `tapline run ${result.tap} ${result.target}`): string[] {
  const { streams, place, status } = result;
  const facts: [string, string][] = [];
  if (place !== null) facts.push(["database", place.value]);
  facts.push(["bookmark", describeState(result.stateAfter)], ["delivery", describeGuarantee(result.delivery)]);
  facts.push(["took", describeSeconds(result.seconds)]);
  facts.push(...nextSteps(result, command));
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...(streams.length === 0 ? [status === "done" ? "No stream was told of." : "Nothing was told of any stream."] : tableOf(streams)),
    ...streams.flatMap(({ stream, changes }) => describeChanges(stream, changes)),
    ...(status === "done" ? [...streams.flatMap(remarksOn), ...remarksOnAll(result)] : []),
    ...result.warnings.map((warning) => `Warning: ${warning}`),
    "",
    ...facts.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
  ];
}

/** One line: plugin, stream and place, cause, what to do. */
export function describeFailure({ plugin, position, message, hint }: Failure): string {
  const { stream, ...rest } = position;
  const where = [plugin, ...(stream === undefined ? [] : [`stream ${stream}`]), describePosition(rest)].filter((part) => part !== "");
  const sentence = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").trim();
  return `Failed: ${where.join(", ")}: ${sentence(message)} — ${sentence(hint)}`;
}

/** What became of the columns of a stream's table, on one line; none where that is nothing. A table that is new is no news. */
export function describeChanges(stream: string, changes: readonly ToldChange[]): string[] {
  const parts = changes.filter(({ kind }) => kind !== "table_created").map(describeChange);
  return parts.length === 0 ? [] : [`${stream}  schema: ${shorten(parts.join(", "), 200)}`];
}

function describeChange({ kind, column = "", from = "", to = "" }: ToldChange): string {
  switch (kind) {
    case "column_added":
      return `+${column}`;
    case "column_absent":
      return `${column} not sent`;
    case "column_kept_apart":
      return `${column} also in ${to}`;
    case "column_renamed":
      return `${column} as ${to}`;
    case "table_renamed":
      return `table ${to}`;
    case "key_changed":
      return `key ${from || "none"} -> ${to || "none"}`;
    case "view_remade":
      return `view ${to} made again`;
    default:
      return [column, from, from !== "" && to !== "" ? "->" : "", to].filter((part) => part !== "").join(" ") || kind;
  }
}

/** Bookmarks stream by stream, or the state itself where it has another form; cut to one line. */
export function describeState(state: string | null): string {
  if (state === null) return "none kept (full table)";
  const { bookmarks, ...rest } = parseExact(state) as { bookmarks?: Record<string, unknown> };
  const kept = Object.entries(bookmarks ?? {}).filter(([, bookmark]) => !isEmpty(bookmark));
  const parts = kept.map(([stream, bookmark]) => {
    const { replication_key: key, replication_key_value: value, ...more } = (bookmark ?? {}) as Record<string, unknown>;
    return key !== undefined && isEmpty(more)
      ? `${stream} ${String(key)} ${JSON.stringify(value)}`
      : `${stream} ${describeBookmark((bookmark ?? {}) as Record<string, unknown>)}`;
  });
  if (!isEmpty(rest)) parts.push(JSON.stringify(rest));
  return parts.length === 0 ? "none kept (full table)" : shorten(parts.join(", "), 200);
}

/** Fields as they are; what has a place for each of many things by how many there are. */
function describeBookmark(bookmark: Record<string, unknown>): string {
  const fields = Object.entries(bookmark).map(([name, value]) =>
    isPlain(value) ? `${name} ${JSON.stringify(value)}` : `${name} of ${Object.keys(value as object).length}`,
  );
  return fields.join(" ");
}

const isPlain = (value: unknown): boolean => typeof value !== "object" || value === null || isExactNumber(value);

export function describeCount(count: number | null): string {
  return count === null ? "not told" : formatNumber(count);
}

export function describeBytes(bytes: number | null): string {
  if (bytes === null) return "not told";
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

export function describeSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return `${hours > 0 ? `${hours} h ` : ""}${minutes} min ${whole % 60} s`;
}

/** Cells in columns: the first to the left, the rest to the right. */
export function layOut(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
  );
}

const allColumns: readonly [string, (each: StreamResult) => number | null][] = [
  ["sent", ({ sent }) => sent],
  ["loaded", ({ loaded }) => loaded],
  ["new", ({ inserted }) => inserted],
  ["changed", ({ updated }) => updated],
  ["rejected", ({ rejected }) => rejected],
  ["deleted", ({ deleted }) => deleted],
  ["in table", ({ inTable }) => inTable],
  ["rows/s", rowsPerSecond],
];

/** Rejected and deleted rows have a column only where there are any. */
function tableOf(streams: readonly StreamResult[]): string[] {
  const isAny = (count: (each: StreamResult) => number | null): boolean => streams.some((each) => (count(each) ?? 0) > 0);
  const columns = allColumns.filter(([name, count]) => (name !== "rejected" && name !== "deleted") || isAny(count));
  const head = ["stream", ...columns.map(([name]) => name)];
  return layOut([head, ...streams.map((each) => [each.stream, ...columns.map(([, count]) => describeCount(count(each)))])]);
}

function rowsPerSecond({ sent, received, seconds }: StreamResult): number | null {
  const rows = received ?? sent;
  return rows === null || seconds === null ? null : Math.round(rows / Math.max(seconds, 0.001));
}

function remarksOn({ stream, superseded, sent, received, summedUpBy }: StreamResult): string[] {
  const remarks: string[] = [];
  if (superseded !== null && superseded > 0) {
    remarks.push(
      `${stream}: ${describeCount(superseded)} sent ${superseded === 1 ? "row was" : "rows were"} replaced by a later row with the same key`,
    );
  }
  if (summedUpBy.length < 2 && sent !== null && received !== null && sent !== received) {
    remarks.push(
      `${stream}: by their metrics the tap sent ${describeCount(sent)} and the target received ${describeCount(received)} rows; check the table`,
    );
  }
  return remarks;
}

function remarksOnAll({ streams, stateBefore, overwrite }: RunResult): string[] {
  if (overwrite) return ["The tap started from the beginning, for the target writes its tables anew (load_method: overwrite)."];
  const isIdle = streams.length > 0 && streams.every(({ sent, received }) => sent === 0 && (received ?? 0) === 0);
  return isIdle && stateBefore !== null ? ["Nothing was new since the last run."] : [];
}

function nextSteps({ status, stateId, stateAfter, overwrite, failure }: RunResult, command: string): [string, string][] {
  const suffix = stateId.split(":")[2];
  const environment = stateId.split(":")[0];
  const flags = `${environment === "dev" ? "" : ` --environment ${environment}`}${suffix === undefined ? "" : ` --state-id-suffix ${suffix}`}`;
  const again = `${command}${flags}`;
  if (status !== "done")
    return [["next", failure?.code === "run_stopped" ? `${again}   (goes on from the bookmark)` : `mend the cause below, then: ${again}`]];
  const look: [string, string][] = stateAfter === null ? [] : [["", `tapline state get ${stateId}   (shows the bookmark)`]];
  return [["next", `${again}   (${overwrite ? "writes the tables anew" : "loads what is new or changed"})`], ...look];
}

const isEmpty = (value: unknown): boolean => value === null || (typeof value === "object" && Object.keys(value).length === 0);
const shorten = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
