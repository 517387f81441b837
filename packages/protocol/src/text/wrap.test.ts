import { expect, test } from "vitest";
import { wrap } from "./wrap.ts";

test.each<[string, string, string[]]>([
  ["a line that fits", "took      1.3 s", ["took      1.3 s"]],
  [
    "a named line goes on below its text",
    "delivery  exactly once: the target keeps its state",
    ["delivery  exactly once: the", "          target keeps its", "          state"],
  ],
  [
    "any other line is indented by two",
    "Warning: two rows of the stream were rejected",
    ["Warning: two rows of the", "  stream were rejected"],
  ],
  [
    "a line that begins with blanks keeps them",
    `          ${"tapline state get an-id-that-is-long"}`,
    ["          tapline state get", "          an-id-that-is-long"],
  ],
  ["a long word stays whole", `see ${"x".repeat(40)} for more`, ["see", `  ${"x".repeat(40)}`, "  for more"]],
])("%s", (_name, line, pieces) => {
  expect(wrap(line, 28)).toEqual(pieces);
});

test("a stream that is no terminal gets whole lines", () => {
  const line = "word ".repeat(100);
  expect(wrap(line, undefined)).toEqual([line]);
});
