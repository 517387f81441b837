/** Lines that plugins print, told apart: Singer messages aside, everything a plugin says comes through here. No I/O. */
import type { ErrorClass, Json, NodeResult, NodeStatus, Position, Recovery } from "@tapline/protocol";
import { nodeStatuses, parseExact } from "@tapline/protocol";

export type Level = "debug" | "info" | "warning" | "error";

export interface PluginError {
  code: string;
  message: string;
  hint: string;
  class: ErrorClass;
  recovery: Recovery;
  position: Position;
}

export type SummaryCount =
  | "sent"
  | "received"
  | "loaded"
  | "inserted"
  | "updated"
  | "superseded"
  | "rejected"
  | "deleted"
  | "in_table"
  | "bytes"
  | "seconds";

/** What a target did to a table or a name, as it tells it: `kind` is a word of its own, `from` and `to` are types or names. */
export interface ToldChange {
  kind: string;
  column?: string;
  from?: string;
  to?: string;
}

export type PluginEvent =
  /** `level` is undefined where a stranger didn't tell one. */
  | { kind: "log"; level: Level | undefined; message: string }
  | { kind: "count"; metric: "record_count" | "byte_count"; stream: string; value: number }
  | { kind: "metric" }
  /** `rejects` is the table that keeps the rejected rows. */
  | {
      kind: "summary";
      stream: string;
      table: string | null;
      rejects: string | null;
      counts: Partial<Record<SummaryCount, number>>;
      changes: ToldChange[];
    }
  /** Whether the target keeps a ledger of its commits; `reason` says why not. */
  | { kind: "delivery"; exactlyOnce: boolean; reason: string | undefined }
  /** A part of a utility's work ended; `result` is the last word on it, with what was not known then. */
  | { kind: "node" | "result"; node: NodeResult }
  /** `stack` comes with faults of the plugin itself. */
  | { kind: "error"; error: PluginError; stack?: string };

const summaryCounts: readonly SummaryCount[] = [
  "sent",
  "received",
  "loaded",
  "inserted",
  "updated",
  "superseded",
  "rejected",
  "deleted",
  "in_table",
  "bytes",
  "seconds",
];

/** A line of stderr. Never throws: what is not understood is a log line. */
export function readStderrLine(line: string): PluginEvent {
  const metric = /METRIC:\s*(\{.*\})/.exec(line)?.[1];
  const told = readObject(metric ?? line);
  if (told === undefined) return readPlainLine(line);
  switch (told.type) {
    case "counter":
      return readCounter(told);
    case "timer":
    case "gauge":
      return { kind: "metric" };
    case "summary":
      return readSummary(told) ?? readPlainLine(line);
    case "delivery":
      return readDelivery(told) ?? readPlainLine(line);
    case "node":
    case "result": {
      const node = readNode(told);
      return node === undefined ? readPlainLine(line) : { kind: told.type, node };
    }
    case "error":
      if (typeof told.message === "string")
        return { kind: "error", error: readError(told), ...(typeof told.stack === "string" ? { stack: told.stack } : {}) };
      return readPlainLine(line);
    default:
      return metric === undefined ? readJsonLog(told, line) : { kind: "metric" };
  }
}

/**
 * A line of a target's stdout: the state as JSON text. Our targets print STATE messages, most others the bare value.
 * undefined for anything else, half a line too: JSON objects are whole or don't parse.
 */
export function readStateLine(line: string): string | undefined {
  if (!line.trimStart().startsWith("{")) return undefined;
  let told: { [key: string]: Json };
  try {
    told = parseExact(line) as { [key: string]: Json };
  } catch {
    return undefined;
  }
  if (told.type === "STATE") {
    const { value } = told;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? JSON.stringify(value) : undefined;
  }
  // A message of another type, or a log line that a stranger prints to the wrong place.
  if (typeof told.type === "string" || typeof told.level === "string") return undefined;
  return JSON.stringify(told);
}

function readPlainLine(line: string): PluginEvent {
  const word = /\b(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b/i.exec(line.slice(0, 80))?.[1];
  return { kind: "log", level: word === undefined || word !== word.toUpperCase() ? undefined : levelOf(word), message: line };
}

function readJsonLog(told: Record<string, unknown>, line: string): PluginEvent {
  const message = [told.message, told.event, told.msg].find((text) => typeof text === "string");
  return { kind: "log", level: levelOf(told.level), message: typeof message === "string" ? message : line };
}

function readCounter(told: Record<string, unknown>): PluginEvent {
  const tags = (typeof told.tags === "object" && told.tags !== null ? told.tags : {}) as Record<string, unknown>;
  const stream = tags.stream ?? tags.endpoint;
  const { metric, value } = told;
  if (typeof stream !== "string" || !isCount(value)) return { kind: "metric" };
  return metric === "record_count" || metric === "byte_count" ? { kind: "count", metric, stream, value } : { kind: "metric" };
}

function readSummary(told: Record<string, unknown>): PluginEvent | undefined {
  const { stream, table, rejects } = told;
  if (typeof stream !== "string") return undefined;
  const counts: Partial<Record<SummaryCount, number>> = {};
  for (const name of summaryCounts) {
    const value = told[name];
    if (isCount(value)) counts[name] = value;
  }
  const name = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return { kind: "summary", stream, table: name(table), rejects: name(rejects), counts, changes: readChanges(told.changes) };
}

function readChanges(told: unknown): ToldChange[] {
  if (!Array.isArray(told)) return [];
  return told.flatMap((change) => {
    const { kind, ...about } = (change ?? {}) as Record<string, unknown>;
    if (typeof kind !== "string") return [];
    const texts = (["column", "from", "to"] as const).filter((name) => typeof about[name] === "string");
    return [{ kind, ...Object.fromEntries(texts.map((name) => [name, about[name]])) }];
  });
}

function readDelivery({ exactly_once: exactlyOnce, reason }: Record<string, unknown>): PluginEvent | undefined {
  if (typeof exactlyOnce !== "boolean") return undefined;
  return { kind: "delivery", exactlyOnce, reason: typeof reason === "string" ? reason : undefined };
}

function readNode({ id, kind, name, status, seconds, rows, message }: Record<string, unknown>): NodeResult | undefined {
  if (typeof id !== "string" || typeof kind !== "string" || typeof name !== "string") return undefined;
  if (!nodeStatuses.includes(status as NodeStatus)) return undefined;
  return {
    id,
    kind,
    name,
    status: status as NodeStatus,
    seconds: isCount(seconds) ? seconds : null,
    rows: isCount(rows) ? rows : null,
    message: typeof message === "string" ? message : null,
  };
}

function readError(told: Record<string, unknown>): PluginError {
  const text = (value: unknown, fallback: string): string => (typeof value === "string" ? value : fallback);
  const position = (typeof told.position === "object" && told.position !== null ? told.position : {}) as Position;
  return {
    code: text(told.code, "unknown"),
    message: text(told.message, ""),
    hint: text(told.hint, "Read its log lines above."),
    class: text(told.class, "bug") as ErrorClass,
    recovery: text(told.recovery, "fatal") as Recovery,
    position,
  };
}

function levelOf(word: unknown): Level | undefined {
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
