import { expect, test } from "vitest";
import { createReport } from "./report.ts";

function written(options: { isTerminal: boolean; isVerbose?: boolean }): string[] {
  const lines: string[] = [];
  const report = createReport({ plugin: "tap-x", write: (text) => lines.push(text.trimEnd()), ...options });
  report.log("debug", "a detail");
  report.log("warning", "look");
  return lines;
}

test("a terminal shows details only when asked for them; a program always receives them", () => {
  expect(written({ isTerminal: true })).toEqual(["tap-x: warning: look"]);
  expect(written({ isTerminal: true, isVerbose: true })).toEqual(["tap-x: a detail", "tap-x: warning: look"]);
  expect(written({ isTerminal: false }).map((line) => JSON.parse(line).level)).toEqual(["debug", "warning"]);
});
