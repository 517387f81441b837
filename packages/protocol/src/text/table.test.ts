import { describe, expect, test } from "vitest";
import { layOut } from "./table.ts";
import { shorten, widthOf } from "./width.ts";

const rows = [
  ["id", "rows", "what happened"],
  ["20260131T101500Z-1a2b3c4d", "7", "the server closed the connection"],
  ["20260131T101501Z-1a2b3c4d", "1,204", "done"],
];

describe("a table", () => {
  test("is as wide as its cells, with numbers to the right", () => {
    expect(layOut(rows, { align: ["left", "right"] })).toEqual([
      "id                          rows  what happened",
      "20260131T101500Z-1a2b3c4d      7  the server closed the connection",
      "20260131T101501Z-1a2b3c4d  1,204  done",
    ]);
  });

  test("that is too wide has its long texts cut, and its ids and numbers whole", () => {
    const lines = layOut(rows, { width: 50, align: ["left", "right"], whole: [0] });
    expect(lines).toEqual([
      "id                          rows  what happened",
      "20260131T101500Z-1a2b3c4d      7  the server…",
      "20260131T101501Z-1a2b3c4d  1,204  done",
    ]);
  });

  test.each([20, 40, 60, 79, 80, 120])("fits into %i columns wherever its cells can be cut so far", (width) => {
    const wide = [
      ["name", "a long text", "another"],
      ["名前が長い列", "word ".repeat(30), "x".repeat(90)],
    ];
    for (const line of layOut(wide, { width: Math.max(width, 28) })) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(width, 28));
  });

  test("without rows has no lines", () => {
    expect(layOut([])).toEqual([]);
  });
});

test.each<[string, number, string]>([
  ["fits", 4, "fits"],
  ["the server closed the connection", 20, "the server closed…"],
  ["output/a-very-long-name.duckdb", 12, "output/a-ve…"],
  ["商品マスタ一覧", 9, "商品マス…"],
  ["e\u0301te\u0301", 3, "e\u0301te\u0301"],
])("%s in %i columns is %s", (text, width, short) => {
  expect(shorten(text, width)).toBe(short);
  expect(widthOf(short)).toBeLessThanOrEqual(width);
});
