/**
 * What a plugin prints on stderr while it works: sentences for a person at a terminal, JSON lines (`EventLine`) for a program.
 * The summary is last: one line for each stream.
 */
import {
  type CheckFound,
  type CostPart,
  describeCost,
  describeFaultyRow,
  describeMapCount,
  describeNode,
  describePosition,
  describeRejected,
  describeTolerated,
  type EventLine,
  formatNumber,
  type Lag,
  type MapCount,
  type NodeResult,
  type ReadProgress,
  type Redact,
  type StreamSummary,
  type TaplineError,
  type TapSummary,
  writeEvent,
} from "@tapline/protocol";
import type { Guarantee } from "../target/define.ts";
import { sourceStack } from "./source-stack.ts";

export type Level = "debug" | "info" | "warning" | "error";

export interface Report {
  log(level: Level, message: string): void;
  /** Adds rows and bytes of a stream; about once a second the sums are printed. */
  count(stream: string, rows: number, bytes: number): void;
  /** How much of all it will read a tap has read; printed for programs, a few times a second. */
  progress(progress: ReadProgress): void;
  /** How far a tap that follows is behind its source; printed at most once a second. */
  lag(lag: Lag): void;
  /** What a target promises for this run, once. */
  delivery(guarantee: Guarantee): void;
  /** What a load cost, once. */
  cost(parts: readonly CostPart[]): void;
  /** What stream maps did with records, once. */
  mapped(counts: readonly MapCount[]): void;
  /** What a check of rows has found so far. */
  check(found: CheckFound, isLast: boolean): void;
  /** The last line about a stream. */
  summary(summary: TapSummary | StreamSummary): void;
  /** A part of a utility's work ended. */
  node(node: NodeResult): void;
  /** The final line about that part, with what was not known when it ended. */
  result(node: NodeResult): void;
  error(error: TaplineError): void;
  /** Prints the counts that were added since the last time. */
  flush(): void;
}

export interface ReportOptions {
  plugin: string;
  isTerminal: boolean;
  /** Whether a terminal shows messages of the level `debug`. A program always receives them. */
  isVerbose?: boolean;
  write(text: string): void;
  redact?: Redact;
}

/** Rows and bytes since the last print, and all rows so far. */
interface Count {
  rows: number;
  bytes: number;
  total: number;
}

const progressEveryMs = 300;
const lagEveryMs = 900;

export function createReport(options: ReportOptions): Report {
  const redact = options.redact ?? ((text: string) => text);
  const form = options.isTerminal ? formForPeople(options.plugin, redact, options.isVerbose === true) : formForPrograms(redact);
  const print = (lines: readonly string[]): void => {
    for (const line of lines) options.write(`${line}\n`);
  };
  const counts = new Map<string, Count>();
  const startedAt = Date.now();
  let printedAt = startedAt;
  let progressAt = startedAt;
  let lagAt = 0;
  const flush = (): void => {
    printedAt = Date.now();
    for (const [stream, count] of counts) {
      if (count.rows === 0 && count.bytes === 0) continue;
      print(form.count(stream, count, (printedAt - startedAt) / 1000));
      count.rows = count.bytes = 0;
    }
  };
  return {
    log: (level, message) => print(form.log(level, message)),
    count(stream, rows, bytes) {
      const count = counts.get(stream) ?? { rows: 0, bytes: 0, total: 0 };
      counts.set(stream, count);
      count.rows += rows;
      count.bytes += bytes;
      count.total += rows;
      if (Date.now() - printedAt >= form.everyMs) flush();
    },
    progress(progress) {
      const now = Date.now();
      if (now - progressAt < progressEveryMs && progress.done < progress.total) return;
      progressAt = now;
      print(form.progress(progress));
    },
    lag(lag) {
      const now = Date.now();
      if (now - lagAt < lagEveryMs) return;
      lagAt = now;
      print(form.lag(lag));
    },
    delivery: (guarantee) => print(form.delivery(guarantee)),
    cost: (parts) => print(form.cost(parts)),
    mapped: (counts) => print(form.mapped(counts)),
    check: (found, isLast) => print(form.check(found, isLast)),
    summary: (summary) => print(form.summary(summary)),
    node: (node) => print(form.node(node)),
    result: (node) => print(form.result(node)),
    error: (error) => print(form.error(error)),
    flush,
  };
}

/** Makes lines, without secrets and without their "\n". */
interface Form {
  /** How often counts are printed. */
  everyMs: number;
  log(level: Level, message: string): string[];
  count(stream: string, count: Count, seconds: number): string[];
  progress(progress: ReadProgress): string[];
  lag(lag: Lag): string[];
  delivery(guarantee: Guarantee): string[];
  cost(parts: readonly CostPart[]): string[];
  mapped(counts: readonly MapCount[]): string[];
  check(found: CheckFound, isLast: boolean): string[];
  summary(summary: TapSummary | StreamSummary): string[];
  node(node: NodeResult): string[];
  result(node: NodeResult): string[];
  error(error: TaplineError): string[];
}

function formForPrograms(redact: Redact): Form {
  const lines = (...events: EventLine[]): string[] => events.map((event) => writeEvent(event, redact));
  return {
    everyMs: 1000,
    log: (level, message) => lines({ type: "log", level, time: new Date().toISOString(), message }),
    count: (stream, { rows, bytes }) =>
      lines(
        { type: "counter", metric: "record_count", value: rows, tags: { stream } },
        { type: "counter", metric: "byte_count", value: bytes, tags: { stream } },
      ),
    progress: (progress) => lines({ type: "progress", ...progress }),
    lag: ({ seconds, bytes }) => lines({ type: "lag", seconds, ...(bytes === null ? {} : { bytes }) }),
    delivery: (guarantee) => lines({ type: "delivery", ...guarantee }),
    cost: (parts) => lines({ type: "cost", parts: [...parts] }),
    mapped: (counts) => lines(...counts.map((count) => ({ type: "mapped" as const, ...count }))),
    check: (found) => lines({ type: "check", ...found }),
    summary: (summary) => lines({ type: "summary", ...summary }),
    node: (node) => lines({ type: "node", ...node }),
    result: (node) => lines({ type: "result", ...node }),
    error: ({ code, message, hint, class: errorClass, recovery, position, cause }) =>
      lines({ type: "error", code, message, hint, class: errorClass, recovery, position, ...stackOf(errorClass, cause) }),
  };
}

function stackOf(errorClass: string, cause: unknown): { stack?: string } {
  return errorClass === "bug" && cause instanceof Error && cause.stack !== undefined ? { stack: sourceStack(cause.stack) } : {};
}

/** What a person must know about rows that a tap rejected. */
function rejectedRows(summary: TapSummary | StreamSummary): string[] {
  if (!("sent" in summary) || summary.rejected === undefined) return [];
  const { rejected, first_rejected: first, rejects = null } = summary;
  const { reason = null, ...position } = first ?? {};
  return [describeRejected(rejected, first === undefined ? null : { position, reason }, rejects)];
}

function formForPeople(plugin: string, redact: Redact, isVerbose: boolean): Form {
  const line = (text: string): string[] => [redact(`${plugin}: ${text}`)];
  return {
    everyMs: 5000,
    log(level, message) {
      if (level === "debug") return isVerbose ? line(message) : [];
      return line(`${level === "info" ? "" : `${level}: `}${message}`);
    },
    count: (stream, { total }, seconds) =>
      line(`${stream}: ${formatNumber(total)} rows, ${formatNumber(Math.round(total / Math.max(seconds, 0.001)))} rows/s`),
    // A person at a terminal sees rows and their rate.
    progress: () => [],
    // A tap that follows is started by the runner, which shows it.
    lag: () => [],
    delivery: (guarantee) =>
      line(guarantee.exactly_once ? "delivery: exactly once" : `warning: delivery: at least once, for ${guarantee.reason}`),
    cost: (parts) => line(`cost: ${describeCost(parts)}`),
    mapped: (counts) => counts.flatMap((count) => line(describeMapCount(count))),
    check({ id, status, failed = 0, first: [first = {}], reason }, isLast) {
      if (status === "passed" || !isLast) return [];
      if (status === "not_run") return line(`warning: the check ${id} was not run: ${reason}`);
      return line(
        `warning: the check ${id} failed: ${formatNumber(failed)} ${failed === 1 ? "row" : "rows"}; the first: ${describeFaultyRow(first)}`,
      );
    },
    summary(summary) {
      const { stream } = summary;
      const tolerated = "tolerated" in summary ? (summary.tolerated ?? []) : [];
      const warnings = [...rejectedRows(summary), ...tolerated.map(describeTolerated)];
      return [
        ...warnings.flatMap((text) => line(`warning: ${stream}: ${text}`)),
        ...line("not_committed" in summary && (summary.not_committed ?? 0) > 0 ? describeEarlyEnd(summary) : describeCounts(summary)),
      ];
    },
    node: (node) => [redact(describeNode(node))],
    result: () => [],
    error({ message, hint, class: errorClass, position, cause }) {
      const place = describePosition(position);
      const { stack = "" } = stackOf(errorClass, cause);
      return line(`error: ${message}${place === "" ? "" : ` (${place})`}\n  what to do: ${hint}${stack === "" ? "" : `\n${stack}`}`);
    },
  };
}

function describeCounts({ stream, ...fields }: TapSummary | StreamSummary): string {
  const parts = Object.entries(fields)
    // Lists are for programs; a person saw what is in them when it happened.
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "number" ? formatNumber(value) : String(value)}`);
  return `${stream}: ${parts.join(", ")}`;
}

function describeEarlyEnd({ stream, loaded, table, not_committed: left = 0 }: StreamSummary): string {
  const rows = (count: number): string => `${formatNumber(count)} ${count === 1 ? "row was" : "rows were"}`;
  return `${stream}: ${rows(loaded)} loaded into ${table} before the end; ${rows(left)} read and not loaded: the next run, from the last STATE, sends ${left === 1 ? "it" : "them"} again`;
}
