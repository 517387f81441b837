import { exactNumber } from "@tapline/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertRows, digitsOf } from "./rows.ts";

const properties = { n: { type: "number" }, at: { type: "string", format: "date-time" }, text: { type: "string" } };
const same = (a: Record<string, unknown>, b: Record<string, unknown>) => () => assertRows([a], [b], properties);

describe("numbers", () => {
  test("are equal by value, whatever their spelling", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(30), fc.nat(5), (whole, shift, zeros) => {
        const sign = whole < 0n ? "-" : "";
        const digits = `${whole < 0n ? -whole : whole}`.padStart(shift + 1, "0");
        const point = digits.length - shift;
        const plain = `${sign}${digits.slice(0, point)}.${digits.slice(point)}${"0".repeat(zeros + 1)}`;
        expect(digitsOf(exactNumber(plain))).toBe(digitsOf(exactNumber(`${whole}e-${shift}`)));
      }),
    );
  });

  test("differ when one digit does", () => {
    expect(same({ n: 9007199254740992 }, { n: exactNumber("9007199254740993") })).toThrow(/missing: 1/);
    expect(same({ n: 0.1 }, { n: exactNumber("0.10000000000000000001") })).toThrow();
    expect(same({ n: -0.5 }, { n: 0.5 })).toThrow();
  });

  test("are not text", () => expect(same({ n: "1" }, { n: 1 })).toThrow());
});

test("instants are equal by their time, to the microsecond", () => {
  expect(same({ at: "2024-07-01 00:30:00+02:00" }, { at: "2024-06-30T22:30:00.000000Z" })).not.toThrow();
  expect(same({ at: "2024-06-30T22:30:00.000001Z" }, { at: "2024-06-30T22:30:00Z" })).toThrow();
});

test("NULL equals an absent value, and not empty text", () => {
  expect(same({ text: null }, {})).not.toThrow();
  expect(same({ text: "" }, { text: null })).toThrow();
});

test("a row counts as often as it is there", () => {
  const row = { text: "a" };
  expect(() => assertRows([row, row], [row], properties)).toThrow(/too many: 1/);
  expect(() => assertRows([row], [row, row], properties)).toThrow(/missing: 1/);
});
