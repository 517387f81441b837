/** A check of a step, and what it found. */
import { type Check, type CheckFound, columnsOfCheck, describeRule } from "@tapline/protocol";
import type { FilePosition } from "./file-position.ts";

/** Before rows are loaded; in the tables before their rows are committed; or in the tables after. */
export type CheckTime = "before" | "commit" | "after";

export interface PlannedCheck {
  check: Check;
  when: CheckTime;
  /** For `row_count`: the rows that the run loaded are counted, not those of the table. */
  ofRun: boolean;
  /** For `row_count`: how far it may be from the mean of so many runs before. */
  earlier: { runs: number; change: number } | undefined;
  position: FilePosition;
}

/** What a check found, with what it is about: in results, in the history, and in what `--json` prints. */
export interface CheckResult extends CheckFound {
  stream: string;
  rule: string;
  columns: readonly string[];
  when: CheckTime;
  on_fail: "warn" | "stop";
  /** What must hold: "Customer is not null". */
  expected: string;
}

export function checkResult({ check, when }: PlannedCheck, found: CheckFound): CheckResult {
  const { stream, rule, on_fail } = check;
  return { ...found, stream, rule, columns: columnsOfCheck(check), when, on_fail, expected: describeRule(check) };
}

/** Whether a person must hear of it. A check that was not run is no success. */
export function isFault({ status }: CheckResult): boolean {
  return status !== "passed";
}
