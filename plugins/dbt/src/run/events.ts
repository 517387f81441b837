/**
 * dbt's log lines as JSON (https://docs.getdbt.com/reference/events-logging), told apart. Pure. Anything that is not understood, a line
 * of a hook's Python or an event of a later dbt, is a line for the log.
 */
import type { NodeResult, NodeStatus } from "@tapline/protocol";

export type DbtEvent =
  | { kind: "node"; node: NodeResult }
  | { kind: "log"; level: "info" | "warning"; message: string }
  /** What keeps dbt from working at all. */
  | { kind: "trouble"; message: string }
  | { kind: "nothing" };

export interface DbtLine {
  /** Of this start of dbt; undefined where the line does not tell. */
  invocation: string | undefined;
  event: DbtEvent;
}

const nothing: DbtEvent = { kind: "nothing" };

/** Of information only these are worth a line: what projects say themselves, and what was found. */
const worthTelling = new Set(["JinjaLogInfo", "PrintEvent", "FoundStats", "LogHookEndLine", "NothingToDo", "NoNodesSelected"]);

/** Said once more, and better, from the results. */
const endOfRun = /^(RunResult|EndOfRun|FinishedRunningStats|StatsLine|SQLCompiledPath|Log\w*StartLine|SkippingDetails)/;

export function readDbtLine(line: string): DbtLine {
  const told = parse(line);
  if (told === undefined) return { invocation: undefined, event: { kind: "log", level: "info", message: line } };
  const { info, data } = told;
  return { invocation: text(info.invocation_id), event: readEvent(info, data) };
}

function readEvent(info: Fields, data: Fields): DbtEvent {
  const name = text(info.name) ?? "";
  const message = (text(info.msg) ?? "").trim();
  const node = readNode(name, data);
  if (node !== undefined) return { kind: "node", node };
  if (endOfRun.test(name) || message === "") return nothing;
  if (info.level === "error") return { kind: "trouble", message };
  if (info.level === "warn") return { kind: "log", level: "warning", message };
  return worthTelling.has(name) ? { kind: "log", level: "info", message } : nothing;
}

function readNode(name: string, data: Fields): NodeResult | undefined {
  if (!/^Log(Model|Test|Snapshot|Seed|Freshness|NodeNoOp|Function)Result$|^SkippingDetails$/.test(name)) return undefined;
  const node = object(data.node_info);
  const id = text(node.unique_id);
  const status = statusOf(text(node.node_status) ?? text(data.status) ?? "");
  if (id === undefined || status === undefined) return undefined;
  return {
    id,
    kind: text(node.resource_type) ?? kindOf(id),
    name: text(node.node_name) ?? nameOf(id),
    status: name === "LogFreshnessResult" && status === "error" ? "fail" : status,
    seconds: number(data.execution_time),
    rows: status === "fail" || status === "warn" ? number(data.num_failures) : null,
    message: null,
  };
}

/** dbt's words for how a node ended, which differ by event and by file. */
export function statusOf(word: string): NodeStatus | undefined {
  switch (word.toLowerCase().replace(/ \d+$/, "")) {
    case "success":
    case "pass":
    case "ok":
    case "no-op":
    case "reused":
      return "ok";
    case "warn":
      return "warn";
    case "fail":
      return "fail";
    case "error":
    case "runtime error":
    case "partial success":
      return "error";
    case "skipped":
    case "skip":
      return "skipped";
    default:
      return undefined;
  }
}

/** "model" of "model.shop.stg_items". */
export const kindOf = (id: string): string => id.split(".", 1)[0] ?? id;

/** "stg_items" of "model.shop.stg_items"; of a test without the hash behind it, of a source with the source's name. */
export function nameOf(id: string): string {
  const [kind, , ...rest] = id.split(".");
  if (kind === "test" && rest.length > 1) return rest.slice(0, -1).join(".");
  return rest.join(".") || id;
}

type Fields = Record<string, unknown>;

function parse(line: string): { info: Fields; data: Fields } | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { info, data } = JSON.parse(line) as { info?: unknown; data?: unknown };
    return typeof info === "object" && info !== null ? { info: info as Fields, data: object(data) } : undefined;
  } catch {
    return undefined;
  }
}

const object = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const number = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
