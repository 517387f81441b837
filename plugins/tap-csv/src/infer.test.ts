import { expect, test } from "vitest";
import { ColumnGuess } from "./infer.ts";

function infer(...cells: string[]): unknown {
  const guess = new ColumnGuess();
  for (const cell of cells) guess.add(Buffer.from(cell), 0, Buffer.byteLength(cell));
  const { type, ...rest } = guess.schema();
  return [(type as string[])[1], ...Object.values(rest)].join(" ");
}

test.each([
  [["1", "-2", "0"], "integer"],
  [["1", "", "3"], "integer"],
  [["9223372036854775807"], "integer"],
  [["9223372036854775808"], "string"],
  [["9223372036854775808", "0.5"], "number 0.1"],
  [["1", "2.5", "3.125"], "number 0.001"],
  [["1.50", "2.00"], "number 0.01"],
  [["0.0000001"], "number 1e-7"],
  [[`${"9".repeat(37)}.5`], "number 0.1"],
  [[`${"9".repeat(37)}.55`], "string"],
  [["9".repeat(37), "0.55"], "string"],
  [["1", "007"], "string"],
  [["1.5", "1e5"], "string"],
  [["1", "+1"], "string"],
  [["2,500.00"], "string"],
  [["true", "FALSE", "True"], "boolean"],
  [["true", "1"], "string"],
  [["2026-01-31", "2024-02-29"], "string date"],
  [["2026-01-31", "2023-02-29"], "string"],
  [["2026-01-31T00:00:00Z", "2026-01-31 00:00:00.5+02:00"], "string date-time"],
  [["2026-01-31T00:00:00Z", "2026-01-31T00:00:00"], "string"],
  [["2026-01-31T00:00:00Z", "2026-01-31"], "string"],
  [["12:30"], "string"],
  [["", ""], "string"],
  [[], "string"],
  [["x", "1"], "string"],
])("%j: %s", (cells, expected) => {
  expect(infer(...cells)).toBe(expected);
});
