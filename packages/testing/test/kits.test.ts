/**
 * Tests the kits with faulty plugins: the check meant for a fault must fail. The long suite `kits` runs all checks against each
 * fault, and so also finds checks that fail without a reason.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Check, dialectChecks, failures, mapperChecks, runNotShown, sqlTapChecks, tapChecks, targetChecks } from "@tapline/testing";
import { suiteDatabase } from "@tapline/testing/postgres";
import { describe, expect, test } from "vitest";
import { dialectFaults, duckdb } from "./fixtures/dialect-faults.ts";
import { faultyMapper, mapperFaults, silentMapperFaults } from "./fixtures/mapper-faults.ts";
import { faultySqlTap, sqlTapFaults } from "./fixtures/sql-tap-faults.ts";
import { faultyTap, tapFaults } from "./fixtures/tap-faults.ts";
import { faultyTarget, silentFaults, targetFaults } from "./fixtures/target-faults.ts";

const meantFor = <S>(checks: readonly Check<S>[], names: readonly string[]): Check<S> =>
  checks.find(({ name }) => name.startsWith(names[0] as string)) as Check<S>;

/** The names of the faults in the code of a fixture. */
const faultsIn = (file: string): string[] =>
  [...readFileSync(fileURLToPath(new URL(`fixtures/${file}`, import.meta.url)), "utf8").matchAll(/\bhas\("(\w+)"\)/g)].map(
    ([, name]) => name as string,
  );

describe("the kit for targets", () => {
  test("lets a correct target pass", async () => {
    expect(await failures(targetChecks, faultyTarget(""))).toEqual(new Map());
  });

  test.concurrent.each(Object.entries(targetFaults))("catches one that %s", async (fault, names) => {
    await expect(meantFor(targetChecks, names).run(faultyTarget(fault, silentFaults.includes(fault) ? 2000 : undefined))).rejects.toThrow();
  });

  test("every check has a fault it catches, and every fault is listed", () => {
    const caught = Object.values(targetFaults).map((names) => meantFor(targetChecks, names).name);
    expect(targetChecks.map(({ name }) => name).filter((name) => !caught.includes(name))).toEqual([]);
    expect([...new Set(faultsIn("faulty-target.mjs"))].sort()).toEqual(Object.keys(targetFaults).sort());
  });
});

describe("the kit for taps", () => {
  test("lets a correct tap pass", async () => {
    expect(await failures(tapChecks, faultyTap(""))).toEqual(new Map());
  });

  test.concurrent.each(Object.entries(tapFaults))("catches one that %s", async (fault, names) => {
    await expect(meantFor(tapChecks, names).run(faultyTap(fault))).rejects.toThrow();
  });

  test("every check has a fault it catches, and every fault is listed", () => {
    const caught = Object.values(tapFaults).map((names) => meantFor(tapChecks, names).name);
    expect(tapChecks.map(({ name }) => name).filter((name) => !caught.includes(name))).toEqual([]);
    expect([...new Set(faultsIn("faulty-tap.mjs"))].sort()).toEqual(Object.keys(tapFaults).sort());
  });
});

describe("the kit for mappers", () => {
  test("lets a correct mapper pass", async () => {
    expect(await failures(mapperChecks, faultyMapper(""))).toEqual(new Map());
  });

  test.concurrent.each(Object.entries(mapperFaults))("catches one that %s", async (fault, name) => {
    const mapper = faultyMapper(fault, silentMapperFaults.includes(fault) ? 2000 : undefined);
    await expect(meantFor(mapperChecks, [name]).run(mapper)).rejects.toThrow();
  });

  test("every check has a fault it catches, and every fault is listed", () => {
    const caught = Object.values(mapperFaults).map((name) => meantFor(mapperChecks, [name]).name);
    expect(mapperChecks.map(({ name }) => name).filter((name) => !caught.includes(name))).toEqual([]);
    expect([...new Set(faultsIn("faulty-mapper.mjs"))].sort()).toEqual(Object.keys(mapperFaults).sort());
  });
});

describe("the kit for taps of SQL databases", () => {
  const database = suiteDatabase();

  test("lets a correct tap pass", async () => {
    expect(await failures(sqlTapChecks, faultySqlTap(database(), ""))).toEqual(new Map());
  });

  test.concurrent.each(Object.entries(sqlTapFaults))("catches one that %s", async (fault, name) => {
    await expect(meantFor(sqlTapChecks, [name]).run(faultySqlTap(database(), fault))).rejects.toThrow();
  });

  test("every check has a fault it catches, and every fault is listed", () => {
    const caught = Object.values(sqlTapFaults).map((name) => meantFor(sqlTapChecks, [name]).name);
    expect(sqlTapChecks.map(({ name }) => name).filter((name) => !caught.includes(name))).toEqual([]);
    expect([...new Set(faultsIn("faulty-sql-tap.mjs"))].sort()).toEqual(Object.keys(sqlTapFaults).sort());
  });
});

describe("the kit for SQL dialects", () => {
  test.concurrent.each(dialectFaults)("catches one that %s", async (fault, check) => {
    await expect(meantFor(dialectChecks, [check]).run(duckdb(fault))).rejects.toThrow();
  });

  test("a check that an emulator can't show fails once it passes there", async () => {
    const name = "two streams that meet in one table";
    const check = meantFor(dialectChecks, [name]);
    await expect(runNotShown(check, duckdb())).rejects.toThrow(/take "two streams .* off the list/);
    await runNotShown(check, duckdb("notices no two streams that meet"));
  });

  test("every check has a fault it catches", () => {
    const caught = dialectFaults.map(([, check]) => meantFor(dialectChecks, [check]).name);
    expect(dialectChecks.map(({ name }) => name).filter((name) => !caught.includes(name))).toEqual([]);
  });
});
