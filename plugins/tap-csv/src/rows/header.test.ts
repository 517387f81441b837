import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { headerOf, likeKnown, numberedHeader } from "./header.ts";

test.each([
  [[["a", "b"]], ["a", "b"], 0],
  [[["a", "", "b", ""]], ["a", "column_2", "b", "column_4"], 2],
  [[["a", "a", "a"]], ["a", "a_2", "a_3"], 2],
  [[["a", "a_2", "a"]], ["a", "a_2", "a_3"], 1],
  [[["", "column_1"]], ["column_1_2", "column_1"], 1],
  [
    [
      ["Amount", "", "Name"],
      ["net", "gross", ""],
    ],
    ["Amount net", "Amount gross", "Name"],
    0,
  ],
  [[["a"], ["b", "c"]], ["a b", "a c"], 0],
  [
    [
      ["", "A", "", "", "B", ""],
      ["", "x", "", "y", "", "x"],
      ["id", "n", "m", "n", "n", "m"],
    ],
    ["id", "A x n", "A x m", "A y n", "B n", "B x m"],
    0,
  ],
])("%j gives %j", (rows, names, notes) => {
  const header = headerOf(rows);
  expect([header.names, header.notes.length]).toEqual([names, notes]);
});

test("every column has a different name, and unique names are kept", () => {
  const name = fc.constantFrom("", " ", "a", "a_2", "column_2", "b");
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), (cells) => {
      const { names } = headerOf([cells]);
      expect(new Set(names).size).toBe(cells.length);
      for (const [i, cell] of cells.entries()) {
        if (cell.trim() !== "" && cells.indexOf(cell) === i) expect(names[i]).toBe(cell);
      }
    }),
  );
});

test("columns without a header are numbered", () => {
  expect(numberedHeader(2).names).toEqual(["column_1", "column_2"]);
});

describe("names of other files", () => {
  const named = (names: string[], known: string[]) => likeKnown(headerOf([names]), known);
  test.each([
    [
      ["ID", "name"],
      ["id", "name"],
      ["id", "name"],
    ],
    [
      ["Name ", " ID"],
      ["id", "name"],
      ["name", "id"],
    ],
    [["GRÖSSE"], ["größe", "grösse"], ["grösse"]],
    [["id", "ID"], ["id"], ["id", "ID"]],
    [["Id"], ["id", "ID"], ["Id"]],
    [["other"], ["id"], ["other"]],
  ])("%j beside %j", (names, known, expected) => {
    const found = named(names, known);
    expect(found.names).toEqual(expected);
    expect(found.notes).toHaveLength(names.filter((name, i) => name !== expected[i]).length);
  });
});
