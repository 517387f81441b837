/**
 * Parses the JSON lines of dbt's log (https://docs.getdbt.com/reference/events-logging). Pure. Any other line, such as output of a Python
 * hook or an event of a later dbt, is passed on to the log.
 */
import type { NodeResult, NodeStatus } from "@tapline/protocol";

export type DbtEvent =
  /** `wrote`: the table that was written completely, "schema.name". */
  | { kind: "node"; node: NodeResult; wrote: string | undefined }
  /** Row counts by table, reported by start_dbt.py for DuckDB. */
  | { kind: "tables"; rows: ReadonlyMap<string, number> }
  | { kind: "log"; level: "info" | "warning"; message: string }
  /** An error that stops dbt. */
  | { kind: "trouble"; message: string }
  | { kind: "nothing" };

export interface DbtLine {
  /** The id of this dbt run; undefined when the line does not have it. */
  invocation: string | undefined;
  event: DbtEvent;
}

const nothing: DbtEvent = { kind: "nothing" };

/** The only info events that are logged: messages from the project, and what dbt found. */
const loggedEvents = new Set(["JinjaLogInfo", "PrintEvent", "FoundStats", "LogHookEndLine", "NothingToDo", "NoNodesSelected"]);

/** Ignored, because the results have the same in a better form. */
const endOfRun = /^(RunResult|EndOfRun|FinishedRunningStats|StatsLine|SQLCompiledPath|Log\w*StartLine|SkippingDetails)/;

export function readDbtLine(line: string): DbtLine {
  const parsed = parse(line);
  const tables = parsed === undefined ? readTables(line) : undefined;
  if (tables !== undefined) return { invocation: undefined, event: { kind: "tables", rows: tables } };
  if (parsed === undefined) return { invocation: undefined, event: { kind: "log", level: "info", message: line } };
  const { info, data } = parsed;
  return { invocation: text(info.invocation_id), event: readEvent(info, data) };
}

function readEvent(info: Fields, data: Fields): DbtEvent {
  const name = text(info.name) ?? "";
  const message = (text(info.msg) ?? "").trim();
  const node = readNode(name, data);
  if (node !== undefined) return { kind: "node", node, wrote: writtenTable(object(data.node_info)) };
  if (endOfRun.test(name) || message === "") return nothing;
  if (info.level === "error") return { kind: "trouble", message };
  if (info.level === "warn") return { kind: "log", level: "warning", message };
  return loggedEvents.has(name) ? { kind: "log", level: "info", message } : nothing;
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

/** Only for a table that is written completely is its row count the count of rows written. */
function writtenTable({ materialized, node_relation: relation }: Fields): string | undefined {
  const { schema, alias } = object(relation);
  return materialized === "table" || materialized === "seed" ? `${schema}.${alias}` : undefined;
}

function readTables(line: string): ReadonlyMap<string, number> | undefined {
  if (!line.startsWith('{"tapline_tables"')) return undefined;
  const { tapline_tables: tables } = JSON.parse(line) as { tapline_tables: [string, string, number][] };
  return new Map(tables.map(([schema, name, rows]) => [`${schema}.${name}`, rows]));
}

/** The status of a node, from dbt's words, which differ by event and by file. */
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

/** "stg_items" of "model.shop.stg_items"; without the hash for a test, with the source's name for a source. */
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
