import { expect, test } from "vitest";
import { describeRejected } from "./rejected-rows.ts";

test.each([
  [
    1,
    { position: { file: "a.csv", line: 7 }, reason: "no integer" },
    "bad.jsonl",
    "1 row was rejected and not sent; file a.csv, line 7 (no integer); it is in bad.jsonl",
  ],
  [
    1200,
    { position: { file: "a.csv", line: 7 }, reason: null },
    null,
    "1,200 rows were rejected and not sent; the first: file a.csv, line 7; they are not kept",
  ],
  [2, { position: {}, reason: "no integer" }, null, "2 rows were rejected and not sent; the first: no integer; they are not kept"],
  [2, null, null, "2 rows were rejected and not sent; they are not kept"],
])("%i rejected rows", (count, first, keptIn, text) => {
  expect(describeRejected(count, first, keptIn)).toBe(text);
});
