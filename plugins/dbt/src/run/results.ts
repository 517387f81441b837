/** What dbt wrote of its last run: run_results.json, and sources.json of a freshness check. The files say more than the log does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeResult, NodeStatus } from "@tapline/protocol";
import { kindOf, nameOf, statusOf } from "./events.ts";

interface Written {
  metadata?: { invocation_id?: unknown };
  results?: WrittenResult[];
}

interface WrittenResult {
  unique_id: string;
  status: string;
  execution_time?: number;
  message?: string | null;
  failures?: number | null;
  adapter_response?: { rows_affected?: unknown };
  /** Of a freshness check. */
  error?: string;
  max_loaded_at?: string;
}

/** Of one of these invocations; [] where dbt wrote none, as when it could not begin. */
export function readResults(targetPath: string, file: "run_results.json" | "sources.json", invocations: ReadonlySet<string>): NodeResult[] {
  let written: Written;
  try {
    written = JSON.parse(readFileSync(join(targetPath, file), "utf8")) as Written;
  } catch {
    return [];
  }
  if (!invocations.has(String(written.metadata?.invocation_id))) return [];
  return (written.results ?? []).map((result) => (file === "sources.json" ? freshness(result) : asNode(result)));
}

function asNode({ unique_id: id, status: word, message, ...result }: WrittenResult): NodeResult {
  const status = statusOf(word) ?? "error";
  return {
    id,
    kind: kindOf(id),
    name: nameOf(id),
    status,
    seconds: result.execution_time ?? null,
    rows: rowsOf(result, status, kindOf(id)),
    message: status === "ok" ? null : (message ?? null),
  };
}

/** Databases tell how many rows a statement wrote, or -1 where they don't; of a view none. */
function rowsOf(
  { failures, adapter_response: response }: Pick<WrittenResult, "failures" | "adapter_response">,
  status: NodeStatus,
  kind: string,
): number | null {
  if (kind === "test" || kind === "unit_test") return status === "ok" ? null : (failures ?? null);
  const rows = response?.rows_affected;
  return typeof rows === "number" && rows >= 0 ? rows : null;
}

function freshness({ unique_id: id, status: word, ...result }: WrittenResult): NodeResult {
  const status = word === "error" ? "fail" : (statusOf(word) ?? "error");
  const message = result.error ?? (status === "ok" ? null : `the newest row is of ${result.max_loaded_at}`);
  return { id, kind: "source", name: nameOf(id), status, seconds: result.execution_time ?? null, rows: null, message };
}
