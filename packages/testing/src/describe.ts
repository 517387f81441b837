/** The kits as vitest tests: one `describe` for each plugin, one test for each check. */
import { describe, test } from "vitest";
import { applicable, type Check, runNotShown } from "./check.ts";
import { dialectChecks } from "./dialect/checks.ts";
import type { DialectUnderTest } from "./dialect/subject.ts";
import { mapperChecks } from "./mapper/checks.ts";
import type { MapperUnderTest } from "./mapper/subject.ts";
import { sqlTapChecks } from "./sql-tap/checks.ts";
import type { SqlTapUnderTest } from "./sql-tap/subject.ts";
import { tapChecks } from "./tap/checks.ts";
import type { TapUnderTest } from "./tap/subject.ts";
import { targetChecks } from "./target/checks.ts";
import type { TargetUnderTest } from "./target/subject.ts";
import { type TypesSession, typePromises } from "./types/type-promises.ts";

export function describeTap(tap: TapUnderTest): void {
  describeSubject("a tap that keeps its promises", tapChecks, tap);
}

/** Beside `describeTap`. `tap` is called in the tests, when the database is there. */
export function describeSqlTap(tap: () => SqlTapUnderTest): void {
  describe("a tap for a SQL database that keeps its promises", () => {
    for (const check of sqlTapChecks) test.concurrent(check.name, () => check.run(tap()));
  });
}

export function describeTarget(target: TargetUnderTest): void {
  describeSubject("a target that keeps its promises", targetChecks, target);
}

export function describeMapper(mapper: MapperUnderTest): void {
  describeSubject("a mapper that keeps its promises", mapperChecks, mapper);
}

export function describeDialect(dialect: DialectUnderTest): void {
  describeSubject("a SQL dialect that keeps its promises", dialectChecks, dialect, dialect.notShown);
}

/** For a target with typed columns that is no SQL dialect. `open` gives a place of its own for each test. */
export function describeTypes(open: () => TypesSession): void {
  describe("a target that keeps values and their types", () => {
    for (const { name, keep } of typePromises) test(name, () => keep(open()));
  });
}

/** `notShown`: the names of checks that an emulator fails, each with the reason. Such a check that passes is a failure. @throws Error for a name that no check has */
function describeSubject<S>(title: string, checks: readonly Check<S>[], subject: S, notShown: Readonly<Record<string, string>> = {}): void {
  const unknown = Object.keys(notShown).filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) throw new Error(`no check has the name ${unknown.join("; ")}`);
  describe(title, () => {
    for (const check of applicable(checks, subject)) {
      const reason = notShown[check.name];
      if (reason === undefined) test.concurrent(check.name, () => check.run(subject));
      else test.concurrent(`not shown: ${check.name} (${reason})`, () => runNotShown(check, subject));
    }
  });
}
