/**
 * Runs every check against every fault: those meant for the fault must fail, and no others.
 * Covers: packages/testing/src, packages/testing/test, packages/testing/long
 */
import { failures, tapChecks, targetChecks } from "@tapline/testing";
import { expect, test } from "vitest";
import { faultyTap, tapFaults } from "../test/fixtures/tap-faults.ts";
import { faultyTarget, targetFaults } from "../test/fixtures/target-faults.ts";

const named = (checks: readonly { name: string }[], starts: readonly string[]): string[] =>
  checks
    .map(({ name }) => name)
    .filter((name) => starts.some((start) => name.startsWith(start)))
    .sort();

test.each(Object.entries(targetFaults))("a target that %s fails just the checks meant for it", async (fault, starts) => {
  const failed = await failures(targetChecks, faultyTarget(fault, 15_000), 2);
  expect([...failed.keys()].sort()).toEqual(named(targetChecks, starts));
});

test.each(Object.entries(tapFaults))("a tap that %s fails just the checks meant for it", async (fault, starts) => {
  const failed = await failures(tapChecks, faultyTap(fault), 2);
  expect([...failed.keys()].sort()).toEqual(named(tapChecks, starts));
});
