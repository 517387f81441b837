import { expect, test } from "vitest";
import { cellText, shownType } from "./cell-text.ts";

test.each([
  [null, "text", "null"],
  ["12345678901234567890.50", "fixed", "12345678901234567890.50"],
  ["1e+300", "real", "1e+300"],
  ["NaN", "real", '"NaN"'],
  ["-inf", "real", '"-inf"'],
  [true, "boolean", "true"],
  ['a "b"\n', "text", '"a \\"b\\"\\n"'],
  ['{\n  "a": 9007199254740993\n}', "variant", '{"a":9007199254740993}'],
  ["[\n  undefined\n]", "array", '"[\\n  undefined\\n]"'],
  ["2024-01-02", "date", '"2024-01-02"'],
])("%j of type %s", (value, type, text) => {
  expect(cellText(value, type)).toBe(text);
});

test("types are spelled as in SQL", () => {
  const column = (type: string) => shownType({ getType: () => type, getPrecision: () => 38, getScale: () => 2 });
  expect(["fixed", "text", "real", "timestamp_tz", "variant"].map(column)).toEqual([
    "NUMBER(38,2)",
    "VARCHAR",
    "FLOAT",
    "TIMESTAMP_TZ",
    "VARIANT",
  ]);
});
