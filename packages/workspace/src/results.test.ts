/** What the docs say was measured was measured, with the code that is here: results they name exist, hold something, and are not older than it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeHash, longSuites, resultPath } from "./long-suites.ts";
import { filesBelow, root, workspaces } from "./repository.ts";

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

test("the docs name the outcome of every long suite", () => {
  expect(suites.length).toBeGreaterThan(0);
  expect(suites.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
});

test.each(named)("the result %s exists and holds something", (name) => {
  expect(existsSync(join(root, resultPath(name))), `${resultPath(name)} is missing`).toBe(true);
  const result = JSON.parse(read(resultPath(name)));
  expect(Object.keys(result).length).toBeGreaterThan(0);
  expect(result.commit).toMatch(/^[0-9a-f]{7,40}$/);
});

test.each(suites)("the result of the long suite $name is of this code, and all of it passed", ({ name, covers }) => {
  const result = JSON.parse(read(resultPath(name)));
  expect(result).toMatchObject({ suite: name, failed: 0, skipped: 0 });
  expect(result.passed).toBeGreaterThan(0);
  expect(result.tests).toHaveLength(result.passed);
  expect(result.code, `${covers.join(", ")} changed since: npm run test:long ${name}`).toBe(codeHash(covers));
});

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
