/**
 * What a plugin says while it works, on stderr: sentences for a person at a terminal, JSON lines for a program.
 * Metric lines are Singer's points (`{"type":"counter","metric":"record_count",…}`); the summary comes last, one line a stream.
 */
import { describeNode, describePosition, formatNumber, type NodeResult, TaplineError } from "@tapline/protocol";
import type { Guarantee } from "../target/define.ts";

export type Level = "info" | "warning" | "error";

export interface Report {
  log(level: Level, message: string): void;
  /** Rows and bytes of a stream since the last call; told about once a second. */
  count(stream: string, rows: number, bytes: number): void;
  /** What a target promises for this run, once. */
  delivery(guarantee: Guarantee): void;
  /** The last word on a stream. */
  summary(line: Record<string, unknown> & { stream: string }): void;
  /** A part of a utility's work ended. */
  node(node: NodeResult): void;
  /** The last word on it, with what was not known when it ended. */
  result(node: NodeResult): void;
  error(error: TaplineError): void;
  /** Tells what is counted and not told yet. */
  flush(): void;
}

export interface ReportOptions {
  plugin: string;
  isTerminal: boolean;
  write(text: string): void;
  redact?: (text: string) => string;
}

export function createReport(options: ReportOptions): Report {
  const redact = options.redact ?? ((text: string) => text);
  const form = options.isTerminal ? forPeople(options.plugin) : forPrograms();
  const say = (text: string): void => options.write(`${redact(text)}\n`);
  const counts = new Map<string, { rows: number; bytes: number; total: number }>();
  const started = Date.now();
  let told = started;
  const flush = (): void => {
    told = Date.now();
    for (const [stream, count] of counts) {
      if (count.rows === 0 && count.bytes === 0) continue;
      for (const line of form.count(stream, count, (told - started) / 1000)) say(line);
      count.rows = count.bytes = 0;
    }
  };
  return {
    log: (level, message) => say(form.log(level, message)),
    count(stream, rows, bytes) {
      const count = counts.get(stream) ?? { rows: 0, bytes: 0, total: 0 };
      counts.set(stream, count);
      count.rows += rows;
      count.bytes += bytes;
      count.total += rows;
      if (Date.now() - told >= form.everyMs) flush();
    },
    delivery: (guarantee) => say(form.delivery(guarantee)),
    summary: (line) => say(form.summary(line)),
    node: (node) => say(form.node(node)),
    result(node) {
      for (const line of form.result(node)) say(line);
    },
    error: (error) => say(form.error(error)),
    flush,
  };
}

interface Form {
  everyMs: number;
  log(level: Level, message: string): string;
  count(stream: string, count: { rows: number; bytes: number; total: number }, seconds: number): string[];
  delivery(guarantee: Guarantee): string;
  summary(line: Record<string, unknown> & { stream: string }): string;
  node(node: NodeResult): string;
  result(node: NodeResult): string[];
  error(error: TaplineError): string;
}

function forPrograms(): Form {
  const counter = (metric: string, value: number, stream: string): string =>
    JSON.stringify({ type: "counter", metric, value, tags: { stream } });
  return {
    everyMs: 1000,
    log: (level, message) => JSON.stringify({ type: "log", level, time: new Date().toISOString(), message }),
    count: (stream, { rows, bytes }) => [counter("record_count", rows, stream), counter("byte_count", bytes, stream)],
    delivery: (guarantee) => JSON.stringify({ type: "delivery", ...guarantee }),
    summary: (line) => JSON.stringify({ type: "summary", ...line }),
    node: (node) => JSON.stringify({ type: "node", ...node }),
    result: (node) => [JSON.stringify({ type: "result", ...node })],
    error: (error) =>
      JSON.stringify({
        type: "error",
        code: error.code,
        message: error.message,
        hint: error.hint,
        class: error.class,
        recovery: error.recovery,
        position: error.position,
        ...(error.class === "bug" && error.cause instanceof Error ? { stack: error.cause.stack } : {}),
      }),
  };
}

function forPeople(plugin: string): Form {
  return {
    everyMs: 5000,
    log: (level, message) => `${plugin}: ${level === "info" ? "" : `${level}: `}${message}`,
    count: (stream, { total }, seconds) => [
      `${plugin}: ${stream}: ${formatNumber(total)} rows, ${formatNumber(Math.round(total / Math.max(seconds, 0.001)))} rows/s`,
    ],
    delivery: (guarantee) =>
      guarantee.exactly_once ? `${plugin}: delivery: exactly once` : `${plugin}: warning: delivery: at least once, for ${guarantee.reason}`,
    summary({ stream, ...fields }) {
      const parts = Object.entries(fields)
        // Lists are for programs: what is in them was told as it happened.
        .filter(([, value]) => typeof value !== "object")
        .map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "number" ? formatNumber(value) : String(value)}`);
      return `${plugin}: ${stream}: ${parts.join(", ")}`;
    },
    node: describeNode,
    result: () => [],
    error(error) {
      const place = describePosition(error.position);
      const stack = error.class === "bug" && error.cause instanceof Error ? `\n${error.cause.stack}` : "";
      return `${plugin}: error: ${error.message}${place === "" ? "" : ` (${place})`}\n  what to do: ${error.hint}${stack}`;
    },
  };
}

/** Anything thrown as an error with a code; what is none of ours is a bug. */
export function asTaplineError(error: unknown): TaplineError {
  if (error instanceof TaplineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TaplineError({
    code: "internal",
    message: `Unexpected failure: ${message}`,
    hint: "This is a fault of the plugin, not of your data. Please report it with the lines above.",
    class: "bug",
    recovery: "fatal",
    cause: error,
  });
}
