import { expect, test } from "vitest";
import { cellName, columnNumber, parseRange, rangeText } from "./range.ts";

test.each([
  ["A3:F", { firstColumn: 1, firstRow: 3, lastColumn: 6 }],
  ["$B$2:$D$10", { firstColumn: 2, firstRow: 2, lastColumn: 4, lastRow: 10 }],
  ["b:d", { firstColumn: 2, lastColumn: 4 }],
  ["A3", { firstColumn: 1, firstRow: 3 }],
  ["3:9", { firstRow: 3, lastRow: 9 }],
  ["A1:XFD1048576", { firstColumn: 1, firstRow: 1, lastColumn: 16_384, lastRow: 1_048_576 }],
])("%s is a range", (text, range) => expect(parseRange(text)).toEqual(range));

test.each(["", ":", "F:A", "A9:B3", "A0", "Sheet1!A1", "A1:B2:C3", "XFE1", "A1048577", "ABCD1"])("%j is no range", (text) => {
  expect(parseRange(text)).toBeUndefined();
});

test("columns are counted as Excel does", () => {
  expect(["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"].map(columnNumber)).toEqual([1, 26, 27, 52, 53, 702, 703, 16_384]);
  for (const column of [1, 26, 27, 52, 53, 702, 703, 16_384]) expect(columnNumber(cellName(column, 1).slice(0, -1))).toBe(column);
  expect(rangeText({ firstColumn: 2, lastColumn: 28, firstRow: 3 })).toBe("B3:AB");
});
