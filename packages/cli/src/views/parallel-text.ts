/** Two pipelines side by side, for people: what a day's comparison found, and how the run stands. Pure. */
import { type CutoverFact, type DayReport, type EarlierReport, type ParallelRun, type Standing, stateText } from "@tapline/runner";
import { describeTable } from "./verify-text.ts";

/** @param standing undefined: of an earlier day, whose place in the row is not the matter */
export function describeDay(
  report: DayReport,
  standing: Standing | undefined,
  { earlier = [], width }: { earlier?: readonly EarlierReport[]; width?: number | undefined } = {},
): string[] {
  const { job, environment, day, id, verdict, tables } = report;
  return [
    `${job} (${environment}), ${day}: ${verdict === "clean" ? "clean" : stateText(verdict)}    report ${id}; here is the old side, there the new one`,
    ...tables.flatMap((table) => describeTable(table, width)).map((line) => `  ${line}`),
    ...earlier.map((each) => `  earlier    ${each.id}: ${each.verdict}${each.problems.length === 0 ? "" : `: ${each.problems[0]}`}`),
    ...(standing === undefined
      ? []
      : [`${standing.row} clean ${standing.row === 1 ? "day" : "days"} in a row, of ${standing.wanted} before the cutover`]),
  ];
}

export function describeStanding(run: ParallelRun, standing: Standing, cutover: CutoverFact | undefined): string[] {
  const { days, row, wanted, sign_offs: signOffs, sign_offs_wanted: people, reasons } = standing;
  const mark = (state: Standing["days"][number]["state"]): string =>
    ({ clean: "clean", different: "different", failed: "failed", missing: "missing" })[state];
  return [
    `${run.job} (${run.environment}): ${run.old.schema} against ${run.new.schema}, ${row} clean ${row === 1 ? "day" : "days"} in a row, of ${wanted}`,
    ...days.slice(0, 14).map(({ day, state, report, earlier, in_row: inRow }) => {
      const tries = earlier.length === 0 ? "" : ` (${earlier.length + 1} tries)`;
      const problem = report?.problems[0] === undefined ? "" : `: ${report.problems[0]}`;
      return `  ${inRow ? "*" : " "} ${day}  ${mark(state).padEnd(9)}  ${report?.id ?? ""}${tries}${problem}`;
    }),
    ...(days.length > 14 ? [`    and ${days.length - 14} days before them`] : []),
    `sign-offs: ${people} wanted`,
    ...signOffs.map(
      ({ name, at, report, note, counts, why }) =>
        `  ${counts ? "*" : " "} ${name}, ${at.slice(0, 16)}Z, looked at ${report}: ${note}${counts ? "" : ` (counts no more: ${why})`}`,
    ),
    ...(cutover === undefined ? readiness(run, reasons) : describeCutover(cutover)),
  ];
}

function readiness({ job }: ParallelRun, reasons: readonly string[]): string[] {
  if (reasons.length === 0) return [`ready: tapline cutover ${job} --dry-run`];
  return reasons.map((reason, index) => `${index === 0 ? "not ready:" : "          "} ${reason}`);
}

function describeCutover({ phase, history }: CutoverFact): string[] {
  const now = {
    done: "cut over",
    undone: "the cutover was undone",
    applying: "a cutover was begun and is not finished",
    undoing: "an undo was begun and is not finished",
  }[phase];
  return [
    now,
    ...history.map(
      ({ action, by, begun_at: at, done_at: done, override }) =>
        `  ${action} by ${by}, ${at.slice(0, 16)}Z${done === null ? ", not finished" : ""}${override === undefined ? "" : `, although ${override.against.join("; ")}: ${override.reason}`}`,
    ),
  ];
}
