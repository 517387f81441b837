/** The checks of tables before the one commit of a load. They see what it would leave; where one is broken, there is no commit. */
import { type Check, type CheckFound, capabilities, describeCheckResult, describeRule, numberFound } from "@tapline/protocol";
import { errors } from "../../errors.ts";
import type { Sink, Target } from "../define.ts";

export interface CommitChecks {
  checks: readonly Check[];
  sink: Sink;
  /** How many rows of the stream the commit would bring. */
  rowsOf(stream: string): number;
  onCheck?: ((found: CheckFound, isLast: boolean) => void) | undefined;
}

/** @throws commit_checks_unsupported */
export function refuseCommitChecks({ name, capabilities: own = [] }: Target, checks: readonly Check[] | undefined): void {
  if (checks !== undefined && checks.length > 0 && !own.includes(capabilities.commitChecks))
    throw errors.commit_checks_unsupported({ target: name });
}

/** Every check is asked, so that a person learns of all problems at once. @throws commit_checks_failed, and errors of the connection */
export async function checkBeforeCommit({ checks, sink, rowsOf, onCheck }: CommitChecks): Promise<void> {
  const problems: string[] = [];
  const judge = (found: CheckFound): void => {
    onCheck?.(found, true);
    const check = checks.find(({ id }) => id === found.id);
    if (check === undefined || found.status === "passed" || check.on_fail !== "stop") return;
    problems.push(describeCheckResult({ ...found, stream: check.stream, rule: check.rule, expected: describeRule(check) }));
  };
  const isOfRun = (check: Check): boolean => check.rule === "row_count" && check.of === "run";
  for (const check of checks)
    if (check.rule === "row_count" && isOfRun(check)) judge(numberFound(check.id, String(rowsOf(check.stream)), check));
  const ofTables = checks.filter((check) => !isOfRun(check));
  if (ofTables.length > 0) for await (const found of sink.check?.(ofTables) ?? []) judge(found);
  if (problems.length > 0) throw errors.commit_checks_failed({ problems });
}
