/**
 * `npm run test:long SUITE`: runs one long suite and writes its outcome to docs/results/<suite>.json. With `-- --failed` it runs only
 * the tests that failed in the present outcome and keeps the rest; `-- --stale` lists outcomes of older code. Exit codes: 0, 1 failed, 2 usage.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { commitOf, isCommitted } from "./git.ts";
import { codeHash, type LongSuite, longSuites } from "./long-suites.ts";
import { type Outcome, outcomePath, readOutcome, writeOutcome } from "./outcome.ts";
import { root } from "./repository.ts";
import { resultsPage, resultsPagePath } from "./results-page.ts";
import { runVitest } from "./run-vitest.ts";
import { staleLines } from "./stale.ts";

function main(words: readonly string[]): number {
  if (words.includes("--stale")) {
    const lines = staleLines(new Date());
    console.log(lines.length === 0 ? "Every outcome is of this code." : lines.join("\n"));
    return 0;
  }
  const isAgain = words.includes("--failed");
  const args = words.filter((word) => word !== "--failed");
  const suites = longSuites();
  const suite = suites.find(({ name }) => name === args[0]);
  if (suite === undefined || args.length !== 1 + suite.takes.length) {
    console.error(usage(suites, suite, args[0]));
    return 2;
  }
  return runSuite(suite, args.slice(1), isAgain);
}

function usage(suites: readonly LongSuite[], suite: LongSuite | undefined, name: string | undefined): string {
  const problem =
    suite !== undefined
      ? `Type: npm run test:long ${[suite.name, ...suite.takes].join(" ")}`
      : name === undefined
        ? "Name a suite: npm run test:long SUITE"
        : `There is no suite ${name}. Type: npm run test:long SUITE`;
  const list = suites.map(({ name: each, takes, file }) => `  ${[each, ...takes].join(" ")}  (${file})`);
  return `${problem}\nOnly what failed: npm run test:long SUITE -- --failed. Outcomes of older code: npm run test:long -- --stale\nSuites:\n${list.join("\n")}`;
}

function runSuite(suite: LongSuite, words: readonly string[], isAgain: boolean): number {
  const startedAt = Date.now();
  // Read before the run, so that the outcome is of this code even when somebody edits while it runs.
  const commit = commitOf("HEAD") ?? "";
  const code = codeHash(suite.covers);
  const committed = isCommitted(suite.covers);
  const before = isAgain ? readOutcome(suite.name) : undefined;
  if (isAgain && before?.code !== code) {
    console.error(`${outcomePath(suite.name)} is missing or of older code: run the whole suite`);
    return 2;
  }
  const kept = (before?.tests ?? [])
    .filter(({ status }) => status === "passed")
    .map(({ name, status, ...more }) => ({ name, status, commit: before?.commit, ...more }));
  const failed = before?.tests.filter(({ status }) => status !== "passed").map(({ name }) => name);
  const ran = runVitest(suite.file, words, failed);
  if (ran === undefined) return 1;
  const tests = [...kept, ...ran.map((each) => (isAgain ? { ...each, commit } : each))];
  const count = (...statuses: string[]): number => tests.filter(({ status }) => statuses.includes(status)).length;
  const outcome: Outcome = {
    suite: suite.name,
    measured_at: new Date(startedAt).toISOString(),
    commit,
    committed,
    code,
    bars: suite.bars,
    machine: `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    passed: count("passed"),
    failed: count("failed"),
    skipped: tests.length - count("passed", "failed"),
    tests,
  };
  writeOutcome(outcome);
  writeFileSync(join(root, resultsPagePath), resultsPage());
  console.log(`${outcomePath(suite.name)}: ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
  if (!committed) console.log("The files it covers are not committed. Commit them and run it again before you commit this outcome.");
  return outcome.failed === 0 && outcome.skipped === 0 && outcome.passed > 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
