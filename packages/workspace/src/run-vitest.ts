/** Runs the vitest file of a long suite and reads what became of each test. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Outcome } from "./outcome.ts";
import { root } from "./repository.ts";

/** What vitest's JSON reporter writes, as far as it is used here. */
interface Report {
  numFailedTests: number;
  testResults: { assertionResults: { fullName: string; status: string; meta?: { result?: Record<string, unknown> } }[] }[];
}

/** `words`: what follows the suite's name. `only`: names of tests; undefined for all. Undefined when vitest could not run the file. */
export function runVitest(file: string, words: readonly string[], only: readonly string[] | undefined): Outcome["tests"] | undefined {
  const folder = mkdtempSync(join(tmpdir(), "test-long-"));
  try {
    const path = join(folder, "outcome.json");
    const args = [
      join(root, "node_modules/vitest/vitest.mjs"),
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
    const report = JSON.parse(readFileSync(path, "utf8")) as Report;
    // A file that can't be loaded has no tests, and an error outside a test shows only in the exit code.
    if (status !== 0 && report.numFailedTests === 0) return undefined;
    return report.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ fullName }) => only === undefined || only.includes(fullName))
      .map(({ fullName, status, meta }) => ({ name: fullName, status, ...meta?.result }));
  } catch (error) {
    console.error(`vitest left no outcome: ${(error as Error).message}`);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The report puts a space between a group and its test; the name that `-t` is compared with has ` > ` there. */
function patternOf(name: string): string {
  return `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "(?: >)? ")}$`;
}
