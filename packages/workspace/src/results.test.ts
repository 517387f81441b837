/** Results that the docs name exist and hold something, and each long suite has an outcome that holds. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type LongSuite, longSuites, suiteOf } from "./long-suites.ts";
import { type Outcome, outcomePath, problemsOf, readOutcome } from "./outcome.ts";
import { filesBelow, root, workspaces } from "./repository.ts";
import { resultsPage } from "./results-page.ts";

const suites = longSuites();
const texts = [
  "README.md",
  "CONTRIBUTING.md",
  ...filesBelow("docs", ".md"),
  ...workspaces().flatMap((workspace) => filesBelow(workspace, ".md")),
];
const named = [
  ...new Set(texts.flatMap((file) => [...read(file).matchAll(/results\/([\w-]+)\.json/g)].map(([, name]) => name as string))),
].sort();

test("there are long suites, and they cover files that exist", () => {
  expect(suites.length).toBeGreaterThan(10);
  expect(suites.flatMap(({ name, covers }) => covers.filter((path) => !existsSync(join(root, path))).map((path) => [name, path]))).toEqual(
    [],
  );
});

test.each(named)("the result %s exists and names its commit", (name) => {
  expect(existsSync(join(root, outcomePath(name))), `${outcomePath(name)} is missing`).toBe(true);
  expect(JSON.parse(read(outcomePath(name))).commit).toMatch(/^[0-9a-f]{7,40}$/);
});

test.each(suites)("the outcome of the long suite $name holds", (suite) => {
  expect(problemsOf(suite, readOutcome(suite.name))).toEqual([]);
});

describe("an outcome", () => {
  const text = "/**\n * Loads files\n * of a kind.\n * Covers: packages/sdk/src, packages/sql/src\n * Takes: DIR\n */\nimport x;\n";
  const suite: LongSuite = suiteOf("packages/sdk/long/files.test.ts", text, { most_seconds: 3 });
  const outcome: Outcome = {
    suite: "files",
    measured_at: "2026-01-02T03:04:05.000Z",
    commit: "0123456789abcdef0123456789abcdef01234567",
    committed: true,
    code: "of other code",
    bars: { most_seconds: 3 },
    machine: "any",
    seconds: 7,
    passed: 1,
    failed: 0,
    skipped: 0,
    tests: [{ name: "a", status: "passed" }],
  };
  const account: LongSuite = suiteOf("packages/sdk/long/files.test.ts", text.replace(" */", " * Needs: an account\n */"), {});

  test("of older code is stale, not wrong", () => {
    expect(problemsOf(suite, outcome)).toEqual([]);
  });

  test.each<[string, LongSuite, Outcome | undefined]>([
    ["is missing", suite, undefined],
    ["is empty", suite, { ...outcome, passed: 0, tests: [] }],
    ["lacks tests", suite, { ...outcome, passed: 2 }],
    ["failed", suite, { ...outcome, failed: 1 }],
    ["skipped tests", suite, { ...outcome, skipped: 1 }],
    ["is of other limits", suite, { ...outcome, bars: { most_seconds: 4 } }],
    ["names no commit", suite, { ...outcome, commit: "" }],
    ["is of another suite", suite, { ...outcome, suite: "other" }],
  ])("that %s fails the test", (_, of, each) => {
    expect(problemsOf(of, each)).toHaveLength(1);
  });

  test("of a suite that needs an account may be missing, and the page shows that", () => {
    expect(problemsOf(account, undefined)).toEqual([]);
    expect(resultsPage([account], () => undefined)).toContain("| `files DIR` | Loads files of a kind. | never run: needs an account |");
  });

  test("has a row on the page with its date and commit", () => {
    expect(resultsPage([suite], () => outcome)).toContain(
      "| `files DIR` | Loads files of a kind. | 2026-01-02 at 0123456 | [1 passed, 0 failed](files.json) in 7 s |",
    );
  });
});

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
