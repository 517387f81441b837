/** Parts of a utility's work, such as models and tests of dbt: how each ended, and the words for it. Pure. */
import { formatNumber } from "./format-number.ts";

/** How a part of a utility's work ended, such as a model or a test of dbt. */
export interface NodeResult {
  /** The same in every line about it. */
  id: string;
  /** "model", "test", … */
  kind: string;
  name: string;
  status: NodeStatus;
  seconds: number | null;
  /** Rows written, or rows that failed a test; null: not told. */
  rows: number | null;
  /** What went wrong, whole. */
  message: string | null;
}

/** `fail` is a test's, `error` is of what could not be done. */
export type NodeStatus = (typeof nodeStatuses)[number];

export const nodeStatuses = ["ok", "warn", "fail", "error", "skipped"] as const;

/** "ok       model stg_items  0.2 s" */
export function describeNode({ status, kind, name, seconds, rows }: NodeResult): string {
  const time = seconds === null || status === "skipped" ? "" : `  ${seconds.toFixed(1)} s`;
  const count = rows === null ? "" : `  ${formatNumber(rows)} ${rows === 1 ? "row" : "rows"}`;
  return `${status.padEnd(8)} ${kind} ${name}${time}${count}`;
}

/** "3 ok, 1 skipped": what there is, in the order of `nodeStatuses`. */
export function describeNodes(nodes: readonly NodeResult[]): string {
  const counts = nodeStatuses.map((status) => [nodes.filter((node) => node.status === status).length, status] as const);
  return counts.flatMap(([count, status]) => (count === 0 ? [] : [`${count} ${status}`])).join(", ") || "nothing to do";
}
