import { expect, test } from "vitest";
import { blocksOf, findLines, markParts } from "./log-lines.ts";

const line = (number: number, text: string) => ({ number, time: "", source: "tap-csv", level: "info", text });

test("a search finds lines in any case of letters, also by source", () => {
  const lines = [line(1, "Reads a.csv"), line(2, "done"), line(3, "READS b.csv")];
  expect(findLines(lines, "reads")).toEqual([1, 3]);
  expect(findLines(lines, "TAP-CSV")).toEqual([1, 2, 3]);
  expect(findLines(lines, "")).toEqual([]);
});

test("marks keep the text as it is", () => {
  expect(markParts("a ERROR, an error", "error")).toEqual(["a ", "ERROR", ", an ", "error", ""]);
  expect(markParts("aaa", "aa").join("")).toBe("aaa");
  expect(markParts("İstanbul error", "error").join("")).toBe("İstanbul error");
});

test("blocks hold all lines in order", () => {
  const lines = Array.from({ length: 450 }, (_, index) => line(index + 1, ""));
  expect(blocksOf(lines).map(({ length }) => length)).toEqual([200, 200, 50]);
  expect(blocksOf(lines).flat()).toEqual(lines);
});
