import { expect, test } from "vitest";
import { placesOf, refusedAt } from "./refused-row.ts";

const columns = ["n", "n, 2", "größe"].map((name) => ({ name, columnName: name, type: { kind: "varchar" as const } }));
const target = { stream: "s", table: '"public"."s"', columns, requiredKeys: [] };
const lines = [10, 11, 14, 15];

test.each([
  ['COPY s, line 3, column n: "x"', '"public"."s"', { stream: "s", line: 14, column: "n" }],
  ['COPY s, line 3, column n, 2: "x"', '"public"."s"', { stream: "s", line: 14, column: "n, 2" }],
  ["COPY s, Zeile 4, Spalte größe: »x«", '"public"."s"', { stream: "s", line: 15, column: "größe" }],
  ['COPY s, line 1: "1\t2"', '"public"."s"', { stream: "s", line: 10 }],
  ['COPY a, 7, b"c, line 2, column n: null input', '"public"."a, 7, b""c"', { stream: "s", line: 11, column: "n" }],
  ['PL/pgSQL function f() line 1 at RAISE\nCOPY s, line 2: "1"', '"public"."s"', { stream: "s", line: 11 }],
  ["somewhere else, line 3", '"public"."s"', { stream: "s" }],
  [undefined, '"public"."s"', { stream: "s" }],
])("%s", (where, landing, position) => {
  expect(
    refusedAt(
      { where },
      landing,
      target,
      placesOf((index) => lines[index]),
    ),
  ).toEqual(position);
});
