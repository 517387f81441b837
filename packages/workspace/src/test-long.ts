/**
 * `npm run test:long SUITE`: runs one long suite and writes what came out to docs/results/<suite>.json. With `-- --failed` it runs only
 * what failed in the outcome that is there, and keeps the rest of it. Exit codes: 0, 1 failed, 2 usage.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { commitOf, isCommitted } from "./git.ts";
import { codeHash, longSuites, resultPath } from "./long-suites.ts";
import { root } from "./repository.ts";

/** What vitest's JSON reporter writes, as far as it is used here. */
interface Outcome {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { assertionResults: { fullName: string; status: string; meta?: { result?: Record<string, unknown> } }[] }[];
}

interface Result {
  commit: string;
  code: string;
  tests: ({ name: string; status: string } & Record<string, unknown>)[];
}

function main(words: readonly string[]): number {
  const isAgain = words.includes("--failed");
  const args = words.filter((word) => word !== "--failed");
  const suites = longSuites();
  const suite = suites.find(({ name }) => name === args[0]);
  if (suite === undefined || args.length !== 1 + suite.takes.length) {
    const given = suite
      ? `It is ${[suite.name, ...suite.takes].join(" ")}`
      : args.length === 0
        ? "No suite was named"
        : `There is no suite ${args[0]}`;
    const list = suites.map(({ name, takes, file }) => `  ${[name, ...takes].join(" ")}  (${file})`);
    console.error(`${given}. Usage: npm run test:long SUITE\nSuites:\n${list.join("\n")}`);
    return 2;
  }
  const startedAt = Date.now();
  // Before the run: the outcome is of this code, also when somebody edits on while it runs.
  const code = { code: codeHash(suite.covers), committed: isCommitted(suite.covers) };
  const before = isAgain ? (JSON.parse(readFileSync(join(root, resultPath(suite.name)), "utf8")) as Result) : undefined;
  if (before !== undefined && before.code !== code.code) {
    console.error(`${resultPath(suite.name)} is of other code: run the whole suite`);
    return 2;
  }
  const kept = (before?.tests ?? [])
    .filter(({ status }) => status === "passed")
    .map(({ name, status, ...more }) => ({ name, status, commit: before?.commit, ...more }));
  const failed = before?.tests.filter(({ status }) => status !== "passed").map(({ name }) => name);
  const outcome = runVitest(suite.file, args.slice(1), failed);
  if (outcome === undefined) return 1;
  const commit = commitOf("HEAD");
  const ran = outcome.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => failed === undefined || failed.includes(fullName))
    .map(({ fullName, status, meta }) => ({ name: fullName, status, ...(isAgain ? { commit } : {}), ...meta?.result }));
  const tests = [...kept, ...ran];
  const count = (...statuses: string[]): number => tests.filter(({ status }) => statuses.includes(status)).length;
  const counts = { passed: count("passed"), failed: count("failed"), skipped: tests.length - count("passed", "failed") };
  const result = {
    suite: suite.name,
    measured_at: new Date(startedAt).toISOString(),
    commit,
    ...code,
    machine: `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    ...counts,
    tests,
  };
  mkdirSync(join(root, "docs/results"), { recursive: true });
  writeFileSync(join(root, resultPath(suite.name)), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`${resultPath(suite.name)}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 && counts.skipped === 0 && counts.passed > 0 ? 0 : 1;
}

/** Undefined when vitest could not even run the file. */
function runVitest(file: string, words: readonly string[], only: readonly string[] | undefined): Outcome | undefined {
  const folder = mkdtempSync(join(tmpdir(), "test-long-"));
  try {
    const path = join(folder, "outcome.json");
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const args = [
      vitest,
      "run",
      "--config",
      "vitest.long.config.ts",
      "--reporter=default",
      "--reporter=json",
      `--outputFile=${path}`,
      file,
      ...(only === undefined ? [] : ["-t", only.map(patternOf).join("|")]),
    ];
    const env = { ...process.env, TEST_LONG_ARGUMENTS: JSON.stringify(words.map((path) => resolve(path))) };
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env });
    const outcome = JSON.parse(readFileSync(path, "utf8")) as Outcome;
    // A file that can't be loaded has no tests; what is outside of tests shows only in the exit code.
    return status === 0 || outcome.numFailedTests > 0 ? outcome : undefined;
  } catch (error) {
    console.error(`vitest left no outcome: ${(error as Error).message}`);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** In the outcome a space is between a group and its test, in the name that the pattern is held against a ` > `. */
function patternOf(name: string): string {
  return `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "(?: >)? ")}$`;
}

process.exitCode = main(process.argv.slice(2));
