/** The plan of a migration for people: tables with sizes and keys, types that do not stay as they are, and what is left behind. Pure. */
import { layOut } from "@tapline/protocol/text";
import { describeBytes, describeCount, type PlannedTable, type TablesPlan } from "@tapline/runner";

/** `columns`: of the terminal; undefined: there is none. */
export function describePlan(
  { source, environment, planned, leftBehind, holdsSnapshot }: TablesPlan,
  { title, columns }: { title: string; columns?: number | undefined },
): string[] {
  const head = [["table", "rows about", "size", "key", "syncs read it"]];
  const rows = planned.map(({ table, rows: count, bytes, keys, method, replicationKey }) => [
    table,
    describeCount(count),
    describeBytes(bytes),
    keys.join(", ") || "none",
    { FULL_TABLE: "whole", INCREMENTAL: `by ${replicationKey}`, LOG_BASED: "from the log" }[method],
  ]);
  const total = planned.some(({ rows: count }) => count === null) ? null : planned.reduce((sum, { rows: count }) => sum + (count ?? 0), 0);
  return [
    `${title} (${environment}): ${counted(planned.length, "table")}${total === null ? "" : `, about ${describeCount(total)} rows`}`,
    "",
    ...layOut([...head, ...rows], { width: columns, align: ["left", "right", "right", "left", "left"] }),
    ...section("types that change", planned.flatMap(lossesOf)),
    ...section("left behind: no record carries it, so make it on the new side where you need it", [
      ...planned.flatMap(behindOf),
      ...leftBehind,
    ]),
    ...section("to know", [
      ...(holdsSnapshot ? [] : [`${source} holds no snapshot: rows that change during the export are not compared with it`]),
      ...planned.flatMap(({ table, notes }) => notes.map((note) => `${table} ${note}`)),
    ]),
    "",
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];

/** Columns of one table that lose the same are one line. */
function lossesOf({ table, columns }: PlannedTable): string[] {
  const byLoss = new Map<string, string[]>();
  for (const { name, type, loss } of columns) if (loss !== null) byLoss.set(loss, [...(byLoss.get(loss) ?? []), `${name} (${type})`]);
  return [...byLoss].map(([loss, names]) => `${table}: ${names.join(", ")}: ${loss}`);
}

const behindOf = ({ table, leftBehind }: PlannedTable): string[] => leftBehind.map((what) => `${table}: ${what}`);

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
