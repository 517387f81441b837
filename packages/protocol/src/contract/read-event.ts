/** Reads any line of a plugin's stderr: our events, Singer's metric lines, and the log lines of foreign plugins. No I/O. */
import { type ErrorClass, errorClasses, type Recovery, recoveries } from "../errors.ts";
import { type Position, readPosition } from "../position.ts";
import { isObject } from "../wire/json.ts";
import { type CheckFound, readCheckFound } from "./checks.ts";
import { type CostPart, readCost } from "./cost.ts";
import { type MapCount, readMapCount } from "./map-counts.ts";
import { type NodeResult, readNodeResult } from "./node-result.ts";
import type { FirstRejected } from "./rejected-rows.ts";
import { type ReportedChange, readTableChanges } from "./table-change.ts";
import { readTolerated, type Tolerated } from "./tolerated.ts";

export type LogLevel = "debug" | "info" | "warning" | "error";

export interface PluginError {
  code: string;
  message: string;
  hint: string;
  class: ErrorClass;
  recovery: Recovery;
  position: Position;
}

const summaryCounts = [
  "sent",
  "received",
  "loaded",
  "inserted",
  "updated",
  "superseded",
  "rejected",
  "skipped",
  "in_files",
  "deleted",
  "delete_records",
  "not_committed",
  "in_table",
  "bytes",
  "seconds",
] as const;

export type SummaryCount = (typeof summaryCounts)[number];

export interface ReadProgress {
  done: number;
  total: number;
  /** What is counted, such as "bytes". */
  unit: string;
}

/** How far a tap that follows its source is behind it. */
export interface Lag {
  /** Age of the oldest change that was not read yet; 0: all was read. */
  seconds: number;
  /** Of the source's log that was not read yet; null: the tap does not tell. */
  bytes: number | null;
}

export type PluginEvent =
  /** `level` is undefined where a foreign plugin gave none. */
  | { kind: "log"; level: LogLevel | undefined; message: string }
  | { kind: "count"; metric: "record_count" | "byte_count"; stream: string; value: number }
  | { kind: "metric" }
  /** What a tap has read of all that it will read. */
  | { kind: "progress"; progress: ReadProgress }
  | { kind: "lag"; lag: Lag }
  /** `rejects`: where the rejected rows are kept. `firstRejected` and `warnings` are a tap's. */
  | {
      kind: "summary";
      stream: string;
      table: string | null;
      /** Left out where the target did not report it. */
      database?: string;
      rejects: string | null;
      firstRejected?: FirstRejected;
      warnings?: string[];
      counts: Partial<Record<SummaryCount, number>>;
      changes: ReportedChange[];
      /** Left out where there is none. */
      tolerated?: Tolerated[];
      /** Rejected rows by file, of a target. Left out where no row names its file. */
      rejectedFiles?: Record<string, number>;
    }
  /** Whether the target keeps a ledger of its commits; `reason` is why not. */
  | { kind: "delivery"; exactlyOnce: boolean; reason: string | undefined }
  /** What the load cost, in a database that is paid by use. */
  | { kind: "cost"; parts: CostPart[] }
  /** What stream maps did with the records of a stream. */
  | { kind: "mapped"; count: MapCount }
  /** What a check of rows has found so far. */
  | { kind: "check"; found: CheckFound }
  /** A part of a utility's work ended; `result` is the final line about it, with what was not known then. */
  | { kind: "node" | "result"; node: NodeResult }
  /** `stack` is given for faults of the plugin itself. */
  | { kind: "error"; error: PluginError; stack?: string };

/** A line of stderr. Never throws: a line it can't read is a log line. */
export function readStderrLine(line: string): PluginEvent {
  const metric = /METRIC:\s*(\{.*\})/.exec(line)?.[1];
  const fields = readObject(metric ?? line);
  if (fields === undefined) return readPlainLine(line);
  switch (fields.type) {
    case "counter":
      return readCounter(fields);
    case "timer":
    case "gauge":
      return { kind: "metric" };
    case "progress":
      return readProgress(fields) ?? readPlainLine(line);
    case "lag":
      return readLag(fields) ?? readPlainLine(line);
    case "summary":
      return readSummary(fields) ?? readPlainLine(line);
    case "delivery":
      return readDelivery(fields) ?? readPlainLine(line);
    case "cost": {
      const parts = readCost(fields.parts);
      return parts.length === 0 ? readPlainLine(line) : { kind: "cost", parts };
    }
    case "mapped": {
      const count = readMapCount(fields);
      return count === undefined ? readPlainLine(line) : { kind: "mapped", count };
    }
    case "check": {
      const found = readCheckFound(fields);
      return found === undefined ? readPlainLine(line) : { kind: "check", found };
    }
    case "node":
    case "result": {
      const node = readNodeResult(fields);
      return node === undefined ? readPlainLine(line) : { kind: fields.type, node };
    }
    case "error":
      if (typeof fields.message === "string")
        return { kind: "error", error: readError(fields), ...(typeof fields.stack === "string" ? { stack: fields.stack } : {}) };
      return readPlainLine(line);
    default:
      return metric === undefined ? readJsonLog(fields, line) : { kind: "metric" };
  }
}

/**
 * What Python loggers write before a message: singer-python's `INFO `, the Singer SDK's `2026-01-31 10:15:00,123 | INFO     | tap-x | `,
 * pipelinewise's `time=… name=… level=INFO message=`. The time would make equal messages differ.
 */
const logPrefixes = [
  /^(?:\d{4}-\d\d-\d\d[ T][\d:.,]+(?:Z|[+-][\d:]+)? *\|? *)?(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)(?: *\| *\S+ *\| *|[: ] *)(?=\S)/,
  /^time=\S+(?: [\d:.,]+)? (?:\w+=\S+ )*?level=(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL) (?:\w+=\S+ )*?message=(?=\S)/,
];

function readPlainLine(line: string): PluginEvent {
  for (const prefix of logPrefixes) {
    const [start, level] = prefix.exec(line) ?? [];
    if (start !== undefined) return { kind: "log", level: levelOf(level), message: line.slice(start.length) };
  }
  const word = /\b(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b/i.exec(line.slice(0, 80))?.[1];
  return { kind: "log", level: word === undefined || word !== word.toUpperCase() ? undefined : levelOf(word), message: line };
}

function readJsonLog(fields: Record<string, unknown>, line: string): PluginEvent {
  const message = [fields.message, fields.event, fields.msg].find((text) => typeof text === "string");
  return { kind: "log", level: levelOf(fields.level), message: typeof message === "string" ? message : line };
}

function readCounter(fields: Record<string, unknown>): PluginEvent {
  const tags = isObject(fields.tags) ? fields.tags : {};
  const stream = tags.stream ?? tags.endpoint;
  const { metric, value } = fields;
  if (typeof stream !== "string" || !isCount(value)) return { kind: "metric" };
  return metric === "record_count" || metric === "byte_count" ? { kind: "count", metric, stream, value } : { kind: "metric" };
}

function readProgress({ done, total, unit }: Record<string, unknown>): PluginEvent | undefined {
  if (!isCount(done) || !isCount(total) || total === 0 || typeof unit !== "string") return undefined;
  return { kind: "progress", progress: { done: Math.min(done, total), total, unit } };
}

function readLag({ seconds, bytes }: Record<string, unknown>): PluginEvent | undefined {
  if (typeof seconds !== "number" || !(seconds >= 0)) return undefined;
  return { kind: "lag", lag: { seconds, bytes: isCount(bytes) ? bytes : null } };
}

function readSummary(fields: Record<string, unknown>): PluginEvent | undefined {
  const { stream, table, database, rejects, first_rejected: first, warnings, rejected_files: files } = fields;
  if (typeof stream !== "string") return undefined;
  const counts: Partial<Record<SummaryCount, number>> = {};
  for (const name of summaryCounts) {
    const value = fields[name];
    if (isCount(value)) counts[name] = value;
  }
  const name = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const tolerated = readTolerated(fields.tolerated);
  const changes = readTableChanges(fields.changes);
  return {
    kind: "summary",
    stream,
    table: name(table),
    ...(typeof database === "string" && { database }),
    rejects: name(rejects),
    ...(isObject(first) && { firstRejected: { position: readPosition(first), reason: name(first.reason) } }),
    ...(Array.isArray(warnings) && { warnings: warnings.filter((text) => typeof text === "string") }),
    counts,
    changes,
    ...(tolerated.length > 0 && { tolerated }),
    ...(isObject(files) && {
      rejectedFiles: Object.fromEntries(Object.entries(files).filter((entry): entry is [string, number] => isCount(entry[1]))),
    }),
  };
}

function readDelivery({ exactly_once: exactlyOnce, reason }: Record<string, unknown>): PluginEvent | undefined {
  if (typeof exactlyOnce !== "boolean") return undefined;
  return { kind: "delivery", exactlyOnce, reason: typeof reason === "string" ? reason : undefined };
}

function readError(fields: Record<string, unknown>): PluginError {
  const text = (value: unknown, fallback: string): string => (typeof value === "string" ? value : fallback);
  return {
    code: text(fields.code, "unknown"),
    message: text(fields.message, ""),
    hint: text(fields.hint, "Read its log lines: tapline runs logs"),
    class: errorClasses.find((each) => each === fields.class) ?? "bug",
    recovery: recoveries.find((each) => each === fields.recovery) ?? "fatal",
    position: readPosition(fields.position),
  };
}

function levelOf(word: unknown): LogLevel | undefined {
  if (typeof word !== "string") return undefined;
  const lower = word.toLowerCase();
  if (lower === "debug" || lower === "info") return lower;
  if (lower.startsWith("warn")) return "warning";
  return ["error", "critical", "fatal"].includes(lower) ? "error" : undefined;
}

function readObject(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;
