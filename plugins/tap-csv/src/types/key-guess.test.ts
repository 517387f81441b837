import { expect, test } from "vitest";
import { KeyGuess } from "./key-guess.ts";

const schemas = new Map(
  Object.entries({
    name: { type: ["string", "null"] },
    order_id: { type: ["integer", "null"] },
    price: { type: ["number", "null"] },
    day: { type: ["string", "null"], format: "date" },
    note: { type: ["string", "null"] },
  }),
);

function guess(...files: [columns: string[], rows: string[][]][]): string[] {
  const found = new KeyGuess();
  for (const [columns, rows] of files) {
    found.startFile(columns);
    for (const row of rows) {
      const ends: number[] = [];
      for (const cell of row) ends.push((ends.at(-1) ?? 0) + cell.length);
      found.addRow(Buffer.from(row.join("")), [0, ...ends.slice(0, -1)], ends);
    }
  }
  return found.conclude(schemas);
}

const columns = ["name", "order_id", "price", "day", "note"];
const rows = [
  ["Ann", "1", "1.5", "2026-01-01", "x"],
  ["Bob", "2", "2.5", "2026-01-02", ""],
];

test("columns without a gap and without a repeated value are candidates, the one with a key's name first", () => {
  expect(guess([columns, rows])).toEqual(["order_id", "name"]);
  expect(guess([columns, [...rows, ["Ann", "3", "3", "2026-01-03", "z"]]])).toEqual(["order_id"]);
  expect(guess([columns, rows.slice(0, 1)])).toEqual([]);
});

test("values must differ over all files, and a column must be in each of them", () => {
  const more = [
    ["Ann", "3", "1", "2026-01-03", "x"],
    ["Cy", "4", "2", "2026-01-04", "y"],
  ];
  expect(guess([columns, rows], [columns, more])).toEqual(["order_id"]);
  expect(guess([columns, rows], [columns, rows])).toEqual([]);
  expect(guess([columns, rows], [["order_id"], [["7"], ["8"]]])).toEqual(["order_id"]);
  expect(guess([["order_id"], [["7"], ["8"]]], [columns, rows])).toEqual(["order_id"]);
});
