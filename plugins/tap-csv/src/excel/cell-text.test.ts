import { expect, test } from "vitest";
import { csvText, decodeEscapes, numberText } from "./cell-text.ts";

test.each([
  ["1.1000000000000001", "1.1"],
  ["0.30000000000000004", "0.30000000000000004"],
  ["-0", "0"],
  ["1E-7", "0.0000001"],
  ["1.5e+21", "1500000000000000000000"],
  ["-1.25E-10", "-0.000000000125"],
  ["12345678901234567890", "12345678901234567000"],
  ["1e300", "1e+300"],
  ["007", "7"],
  ["42", "42"],
  ["1,5", undefined],
  ["", undefined],
  ["0x10", undefined],
  ["1e999", undefined],
])("the number %s is written %s", (stored, text) => expect(numberText(stored)).toBe(text));

test("texts are quoted where CSV needs it, and where they look like something else", () => {
  expect(["a", "a,b", 'a"b', "a\nb", "00123", "TRUE", "trueish", " a "].map(csvText)).toEqual([
    ...["a", '"a,b"', '"a""b"', '"a\nb"', '"00123"', '"TRUE"', "trueish", " a "],
  ]);
});

test("escaped characters are decoded", () => {
  expect(decodeEscapes("a_x000D_b_x005F_x000D_")).toBe("a\rb_x000D_");
  expect(decodeEscapes("_xyz_")).toBe("_xyz_");
});
