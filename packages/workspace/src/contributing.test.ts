/** CONTRIBUTING answers "where would I add X" with paths. They must exist. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./repository.ts";

const lines = readFileSync(join(root, "CONTRIBUTING.md"), "utf8").split("\n");
const start = lines.findIndex((line) => line.startsWith("## Where would I add"));
const section = lines.slice(start + 1, start + 1 + lines.slice(start + 1).findIndex((line) => line.startsWith("## ")));
const rows = section.filter((line) => /^\| (?!to add|---)/.test(line));

test("it answers for ten things at least", () => {
  expect(rows.length).toBeGreaterThanOrEqual(10);
});

test.each(rows.map((row) => [row.split("|")[1]?.trim() ?? "", row]))("where to add %s", (_what, row) => {
  const paths = [...row.matchAll(/`((?:packages|plugins|docs|schemas)\/[^`]+)`/g)].map((match) => match[1] as string);
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
