/** The kits as vitest tests: one `describe` for each plugin, one test for each check. */
import { describe, test } from "vitest";
import { applicable, type Check } from "./check.ts";
import { dialectChecks } from "./dialect/checks.ts";
import type { DialectUnderTest } from "./dialect/subject.ts";
import { tapChecks } from "./tap/checks.ts";
import type { TapUnderTest } from "./tap/subject.ts";
import { targetChecks } from "./target/checks.ts";
import type { TargetUnderTest } from "./target/subject.ts";

export function describeTap(tap: TapUnderTest): void {
  describeSubject("a tap that keeps its promises", tapChecks, tap);
}

export function describeTarget(target: TargetUnderTest): void {
  describeSubject("a target that keeps its promises", targetChecks, target);
}

export function describeDialect(dialect: DialectUnderTest): void {
  describeSubject("a SQL dialect that keeps its promises", dialectChecks, dialect);
}

function describeSubject<S>(title: string, checks: readonly Check<S>[], subject: S): void {
  describe(title, () => {
    for (const check of applicable(checks, subject)) test.concurrent(check.name, () => check.run(subject));
  });
}
