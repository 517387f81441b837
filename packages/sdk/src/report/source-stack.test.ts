import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sourceStack } from "./source-stack.ts";

const compiled = new URL("../../dist/report/report.js", import.meta.url);
const lineOf = (file: URL, text: string): number =>
  readFileSync(file, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

test("positions in compiled files become those of the sources, and others stay", () => {
  const [line, source] = [compiled, new URL("report.ts", import.meta.url)].map((file) => lineOf(file, "function stackOf("));
  const stack = `Error: a bug\n    at stackOf (${compiled}:${line}:10)\n    at ${compiled}:${line}:10\n    at other (file:///nowhere/x.js:3:7)`;
  expect(sourceStack(stack).split("\n")).toEqual([
    "Error: a bug",
    `    at stackOf (src/report/report.ts:${source}:10)`,
    `    at src/report/report.ts:${source}:10`,
    "    at other (file:///nowhere/x.js:3:7)",
  ]);
});
