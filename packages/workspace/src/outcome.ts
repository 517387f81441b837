/** What a long suite wrote to `docs/results/<suite>.json`, and whether it still holds. Product code that changes makes an outcome stale, not wrong. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { LongSuite } from "./long-suites.ts";
import { root } from "./repository.ts";

export interface Outcome {
  suite: string;
  /** RFC 3339. */
  measured_at: string;
  /** The commit that was checked out. */
  commit: string;
  /** The covered files were as in that commit. */
  committed: boolean;
  /** `codeHash` of the covered files. */
  code: string;
  /** The limits that were in force. */
  bars: Record<string, unknown>;
  machine: string;
  seconds: number;
  passed: number;
  failed: number;
  skipped: number;
  tests: ({ name: string; status: string } & Record<string, unknown>)[];
}

export const outcomePath = (suite: string): string => `docs/results/${suite}.json`;

/** Undefined where there is none. */
export function readOutcome(suite: string): Outcome | undefined {
  const path = join(root, outcomePath(suite));
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Outcome) : undefined;
}

export function writeOutcome(outcome: Outcome): void {
  writeFileSync(join(root, outcomePath(outcome.suite)), `${JSON.stringify(outcome, null, 2)}\n`);
}

/** Why `npm test` must fail; [] for an outcome that holds, stale or not. */
export function problemsOf(suite: LongSuite, outcome: Outcome | undefined): string[] {
  const again = `run npm run test:long ${suite.name} and commit ${outcomePath(suite.name)}`;
  if (outcome === undefined) return suite.needs === undefined ? [`it has no outcome: ${again}`] : [];
  const problems: string[] = [];
  if (outcome.suite !== suite.name) problems.push(`the outcome is of the suite ${outcome.suite}`);
  if (!/^[0-9a-f]{40}$/.test(outcome.commit ?? "")) problems.push(`the outcome names no commit: ${again}`);
  if (!(outcome.passed > 0) || outcome.tests?.length !== outcome.passed) problems.push(`the outcome is empty or incomplete: ${again}`);
  if (outcome.failed !== 0 || outcome.skipped !== 0)
    problems.push(`${outcome.failed} tests failed and ${outcome.skipped} were skipped: fix them, then ${again}`);
  if (!isDeepStrictEqual(outcome.bars, suite.bars)) problems.push(`the suite's limits (bars) changed: ${again}`);
  return problems;
}
