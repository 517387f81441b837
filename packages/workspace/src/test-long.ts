/** `npm run test:long SUITE`: runs one long suite and writes what came out to docs/results/<suite>.json. Exit codes: 0, 1 failed, 2 usage. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
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

function main(args: readonly string[]): number {
  const suites = longSuites();
  const suite = suites.find(({ name }) => name === args[0]);
  if (suite === undefined || args.length !== 1) {
    const given = args.length === 0 ? "No suite was named" : `There is no suite ${args.join(" ")}`;
    console.error(
      `${given}. Usage: npm run test:long SUITE\nSuites:\n${suites.map(({ name, file }) => `  ${name}  (${file})`).join("\n")}`,
    );
    return 2;
  }
  const startedAt = Date.now();
  // Before the run: the outcome is of this code, also when somebody edits on while it runs.
  const code = { code: codeHash(suite.covers), committed: isCommitted(suite.covers) };
  const outcome = runVitest(suite.file);
  if (outcome === undefined) return 1;
  const tests = outcome.testResults.flatMap(({ assertionResults }) => assertionResults);
  const counts = {
    passed: outcome.numPassedTests,
    failed: outcome.numFailedTests,
    skipped: outcome.numPendingTests + outcome.numTodoTests,
  };
  const result = {
    suite: suite.name,
    measured_at: new Date(startedAt).toISOString(),
    commit: commitOf("HEAD"),
    ...code,
    machine: `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    ...counts,
    tests: tests.map(({ fullName, status, meta }) => ({ name: fullName, status, ...meta?.result })),
  };
  mkdirSync(join(root, "docs/results"), { recursive: true });
  writeFileSync(join(root, resultPath(suite.name)), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`${resultPath(suite.name)}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 && counts.skipped === 0 && counts.passed > 0 ? 0 : 1;
}

/** Undefined when vitest could not even run the file. */
function runVitest(file: string): Outcome | undefined {
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
    ];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
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

process.exitCode = main(process.argv.slice(2));
