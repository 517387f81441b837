/** The report of a verification as text. Pure. */
import { layOut } from "@tapline/protocol/text";
import { describeCount, describeSeconds, type Example, type TableReport, type VerifyReport } from "@tapline/runner";

/** `width`: of the terminal; undefined: none. */
export function describeTable(table: TableReport, width?: number): string[] {
  const { rows, verdict, failure } = table;
  const places = `${placeText(table.here)} and ${placeText(table.there)}`;
  if (failure !== undefined)
    return [`${places} could not be compared: ${failure.message}`, ...(failure.hint === undefined ? [] : [`  ${failure.hint}`])];
  const findings = table.findings
    .filter(({ level }) => level !== "note")
    .map(({ level, message }) => `  ${level === "warning" ? "warning: " : ""}${message}`);
  const metrics = table.metrics.filter(({ equal }) => !equal).map(describeMetric);
  const by = table.key.length === 0 ? "rows as a whole" : `by ${table.key.join(", ")}`;
  if (verdict === "equal") {
    const totals = table.metrics.length === 0 ? "" : `, ${countOf(table.metrics.length, "total")}`;
    return [
      `${places} are equal: ${countOf(rows.here, "row")}, ${countOf(table.columns.length, "column")}, ${by}${totals}; ${describeSeconds(table.seconds)}`,
      ...findings,
    ];
  }
  const differing = table.columns.filter((column) => column.differing > 0);
  const counts = [
    ["rows", `${describeCount(rows.here)} here, ${describeCount(rows.there)} there`],
    ["only here", describeCount(table.only_here)],
    ["only there", describeCount(table.only_there)],
    [
      "differing",
      describeCount(table.differing) +
        (differing.length === 0 ? "" : ` (${differing.map((each) => `${each.here} ${describeCount(each.differing)}`).join(", ")})`),
    ],
    ...(table.rechecked === undefined
      ? []
      : [["rechecked", `${countOf(table.rechecked.went, "row")} no longer differed after ${table.rechecked.after_seconds} s`]]),
  ];
  return [
    `${places} differ; ${countOf(table.columns.length, "column")}, ${by}; ${describeSeconds(table.seconds)}`,
    ...layOut(counts).map((line) => `  ${line}`),
    ...findings,
    ...metrics,
    ...describeExamples(table, width),
  ];
}

export function describeVerdict({ verdict, tables, unmatched, seconds }: VerifyReport): string[] {
  const missing = [
    ...unmatched.here.map((name) => `${name} is only on the first side`),
    ...unmatched.there.map((name) => `${name} is only on the second side`),
  ];
  if (tables.length === 1 && missing.length === 0) return [];
  const count = (wanted: string): number => tables.filter((table) => table.verdict === wanted).length;
  const parts = [
    `${count("equal")} of ${countOf(tables.length, "table")} equal`,
    ...(count("different") > 0 ? [`${count("different")} different`] : []),
    ...(count("failed") > 0 ? [`${count("failed")} not compared`] : []),
  ];
  return [
    ...missing,
    `${verdict === "equal" ? "Equal" : verdict === "different" ? "Different" : "Not proved"}: ${parts.join(", ")}; ${describeSeconds(seconds)}`,
  ];
}

export const placeText = ({ table, plugin, environment }: TableReport["here"]): string => `${table}@${plugin}:${environment}`;

const countOf = (count: number, what: string): string => `${describeCount(count)} ${what}${count === 1 ? "" : "s"}`;

export function describeMetric({ name, group, here, there }: TableReport["metrics"][number]): string {
  const of = group.length === 0 ? "" : ` of ${group.map((value) => value ?? "NULL").join(", ")}`;
  return `  ${name}${of}: ${here ?? "nothing"} here, ${there ?? "nothing"} there`;
}

const whatWords: Readonly<Record<Example["what"], string>> = { only_here: "only here", only_there: "only there", differing: "differs" };

function describeExamples({ key, examples, only_here, only_there, differing }: TableReport, width: number | undefined): string[] {
  if (examples.length === 0) return [];
  // A row without a key has nothing to be named by.
  if (key.length === 0 && examples.every(({ values }) => values === undefined))
    return ["  To see which rows: --key with the columns that identify a row, or --values"];
  const rows = examples.map((example) => [whatWords[example.what], keyText(example), valuesText(example)]);
  const more = only_here + only_there + differing - examples.length;
  return [
    ...layOut(rows, { width: width === undefined ? undefined : width - 2, whole: [0] }).map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${countOf(more, "row")} more`] : []),
  ];
}

export const keyText = ({ key }: Example): string =>
  Object.entries(key)
    .map(([name, value]) => `${name}=${value ?? "NULL"}`)
    .join(" ");

export function valuesText({ what, columns, values }: Example): string {
  if (values === undefined) return columns.join(", ");
  const shown = (value: string | null | undefined): string => (value === null || value === undefined ? "NULL" : JSON.stringify(value));
  return Object.entries(values)
    .map(([name, { here, there }]) =>
      what === "differing" ? `${name}: ${shown(here)} / ${shown(there)}` : `${name}: ${shown(here ?? there)}`,
    )
    .join(", ");
}
