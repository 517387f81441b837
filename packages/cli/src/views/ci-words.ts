/** The words for what `tapline ci` found, which text and Markdown share. Pure. */
import { describeNodes } from "@tapline/protocol";
import { type CiColumn, type CiReport, type CiStep, type CiTable, describeCount } from "@tapline/runner";

export const countOf = (count: number, what: string): string => `${describeCount(count)} ${what}${count === 1 ? "" : "s"}`;

export function headline({ verdict, tables, head, base }: CiReport): string {
  const changed = tables.filter(({ status }) => status !== "same").length;
  const jobs = head.jobs.map(({ job }) => job).join(", ");
  if (verdict === "failed") return `Failed: ${jobs} on ${head.name}`;
  if (verdict === "same") return `The result is the same: ${countOf(tables.length, "table")} of ${jobs}`;
  if (verdict === "changed") return `The result changes in ${describeCount(changed)} of ${countOf(tables.length, "table")}`;
  return base === null ? `${jobs} passed; nothing was compared` : `${jobs} passed; nothing could be compared`;
}

/** "84 rows", "7 ok, 1 fail" */
export function stepResult({ status, rows, nodes }: CiStep): string {
  const what = nodes.length > 0 ? describeNodes(nodes) : rows === null ? status : countOf(rows, "row");
  return status === "failed" && nodes.length === 0 ? `failed, ${what}` : status === "left out" ? "left out" : what;
}

/** The messages of what failed, such as tests of dbt. */
export function troubles(step: CiStep): string[] {
  const bad = step.nodes.filter(({ status }) => status !== "ok" && status !== "skipped");
  const nodes = bad.map(({ kind, name, status, message }) => `${status}: ${kind} ${name}${message === null ? "" : `: ${message}`}`);
  return nodes.length > 0 || step.failure === null ? nodes : [step.failure.message];
}

/** "12", "12 → 13", "new, 25" */
export function rowsText({ rows: { before, after } }: CiTable): string {
  if (before === after && before !== null) return describeCount(before);
  return `${before === null ? "–" : describeCount(before)} → ${after === null ? "–" : describeCount(after)}`;
}

/** What changes in a table, one sentence each. */
export function changesOf(table: CiTable): string[] {
  const { status, added, removed, differing, key, columns, findings, failure } = table;
  if (failure !== null) return [`could not be compared: ${failure}`];
  const of = (change: CiColumn["change"]): CiColumn[] => columns.filter((column) => column.change === change);
  if (status === "new" || status === "gone") return [`${status === "new" ? "new table" : "gone"}: ${columns.map(typed).join(", ")}`];
  const values = columns.filter(({ rows }) => (rows ?? 0) > 0).map(({ name, rows }) => `${name} ${describeCount(rows ?? 0)}`);
  const matched = key.length === 0 ? "" : `, by ${key.join(", ")}`;
  const counts = [
    ...(added > 0 ? [`${countOf(added, "row")} more`] : []),
    ...(removed > 0 ? [`${countOf(removed, "row")} gone`] : []),
    ...(differing > 0 ? [`${countOf(differing, "row")} with other values (${values.join(", ")})`] : []),
  ];
  return [
    ...(of("new").length > 0 ? [`new column ${of("new").map(typed).join(", ")}`] : []),
    ...(of("gone").length > 0 ? [`column gone: ${of("gone").map(typed).join(", ")}`] : []),
    ...of("type").map(({ name, before, after }) => `type of ${name}: ${before} → ${after}`),
    ...(counts.length > 0 ? [`${counts.join(", ")}${matched}`] : []),
    ...findings.map(({ message }) => message),
  ];
}

const typed = ({ name, before, after }: CiColumn): string => `${name} ${after ?? before}`;

export const whatOf = { only_here: "gone", only_there: "new", differing: "changed" } as const;
