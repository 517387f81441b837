/** How a part of a utility's work ended, such as a model or a test of dbt: its schema, its type, its reader, and the words for it. */
import { formatNumber } from "../format-number.ts";
import { type Static, Type } from "../type.ts";

const nodeStatuses = ["ok", "warn", "fail", "error", "skipped"] as const;

export const nodeFields = {
  id: Type.String({ description: "The same in every line about this node" }),
  kind: Type.String({ description: "model, test, …" }),
  name: Type.String(),
  status: Type.Enum(nodeStatuses, { description: "fail: a test found bad rows; error: the work could not be done" }),
  seconds: Type.Union([Type.Number(), Type.Null()]),
  rows: Type.Union([Type.Integer(), Type.Null()], { description: "Rows written, or rows that failed a test; null: not reported" }),
  message: Type.Union([Type.String(), Type.Null()], { description: "What went wrong, in full" }),
  depends_on: Type.Optional(Type.Array(Type.String(), { description: "What it reads: ids of other nodes, and tables as schema.name" })),
};

const nodeResult = Type.Object(nodeFields);

/** `rows`: rows written, or rows that failed a test. null in `seconds`, `rows` or `message`: not reported. */
export type NodeResult = Static<typeof nodeResult>;

/** `fail`: a test found bad rows. `error`: the work could not be done. */
export type NodeStatus = NodeResult["status"];

/** undefined where a required field is missing or of another form; optional ones become null. */
export function readNodeResult({
  id,
  kind,
  name,
  status,
  seconds,
  rows,
  message,
  depends_on: upstream,
}: Record<string, unknown>): NodeResult | undefined {
  const known = nodeStatuses.find((each) => each === status);
  if (typeof id !== "string" || typeof kind !== "string" || typeof name !== "string" || known === undefined) return undefined;
  return {
    id,
    kind,
    name,
    status: known,
    seconds: countOrNull(seconds),
    rows: countOrNull(rows),
    message: typeof message === "string" ? message : null,
    ...(Array.isArray(upstream) && upstream.every((each) => typeof each === "string") ? { depends_on: upstream } : {}),
  };
}

const countOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null);

/** "ok       model stg_items  0.2 s" */
export function describeNode({ status, kind, name, seconds, rows }: NodeResult): string {
  const time = seconds === null || status === "skipped" ? "" : `  ${seconds.toFixed(1)} s`;
  const count = rows === null ? "" : `  ${formatNumber(rows)} ${rows === 1 ? "row" : "rows"}`;
  return `${status.padEnd(8)} ${kind} ${name}${time}${count}`;
}

/** "3 ok, 1 skipped": counts of the statuses that occur, in the order of `nodeStatuses`; "nothing to do" for no node. */
export function describeNodes(nodes: readonly NodeResult[]): string {
  const counts = nodeStatuses.map((status) => [nodes.filter((node) => node.status === status).length, status] as const);
  return counts.flatMap(([count, status]) => (count === 0 ? [] : [`${count} ${status}`])).join(", ") || "nothing to do";
}
