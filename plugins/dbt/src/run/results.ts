/** Reads the results of dbt's last run: run_results.json, and sources.json for a freshness check. They have more details than the log. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeResult, NodeStatus } from "@tapline/protocol";
import { kindOf, nameOf, statusOf } from "./events.ts";

interface Written {
  metadata?: { invocation_id?: unknown; generated_at?: unknown };
  args?: { invocation_command?: unknown; target?: unknown };
  results?: WrittenResult[];
}

interface WrittenResult {
  unique_id: string;
  status: string;
  execution_time?: number;
  message?: string | null;
  failures?: number | null;
  adapter_response?: { rows_affected?: unknown };
  /** Only for a freshness check. */
  error?: string;
  max_loaded_at?: string;
}

/** The results of these invocations; [] when dbt wrote none, for example because it could not start. */
export function readResults(targetPath: string, file: "run_results.json" | "sources.json", invocations: ReadonlySet<string>): NodeResult[] {
  const written = read(join(targetPath, file));
  if (!invocations.has(String(written.metadata?.invocation_id))) return [];
  return (written.results ?? []).map((result) => (file === "sources.json" ? freshness(result) : asNode(result)));
}

export interface EarlierTry {
  /** The arguments of dbt. */
  args: readonly string[];
  environment: string;
  /** When the try started, in ISO 8601. */
  since: string;
}

/** Whether dbt's last run is that try and some of its nodes failed or were skipped; then `dbt retry` runs only these. */
export function canRetry(targetPath: string, { args, environment, since }: EarlierTry): boolean {
  const { metadata = {}, args: written = {}, results = [] } = read(join(targetPath, "run_results.json"));
  const isSame = written.invocation_command === `dbt ${args.join(" ")}` && written.target === environment;
  const isSince = Date.parse(String(metadata.generated_at)) >= Date.parse(since);
  return isSame && isSince && results.some(({ status }) => ["error", "fail", "skipped"].includes(statusOf(status) ?? ""));
}

/** Returns {} when there is no file. */
function read(path: string): Written {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Written;
  } catch {
    return {};
  }
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

/** Databases report how many rows a statement wrote, or -1 if they don't; nothing for a view. */
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
  const message = result.error ?? (status === "ok" ? null : `the newest row is from ${result.max_loaded_at}`);
  return { id, kind: "source", name: nameOf(id), status, seconds: result.execution_time ?? null, rows: null, message };
}
