import { exactNumber } from "@tapline/protocol";
import { describe, expect, test } from "vitest";
import type { ColumnType } from "./column-type.ts";
import { describeType } from "./column-type.ts";
import { isTakenBy, type WideningRules, widened, widenedFor } from "./widen.ts";

const all = [
  "boolean",
  "smallint",
  "integer",
  "bigint",
  "hugeint",
  "real",
  "double",
  "numeric",
  "varchar",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
  "uuid",
  "binary",
  "json",
];
const types = Object.fromEntries(all.map((kind) => [kind, kind])) as unknown as WideningRules["spellings"];
/** As DuckDB is: no decimal of any size. */
const bounded: WideningRules = {
  spellings: { ...types, numeric: null },
  maxPrecision: 38,
  plainDecimal: { kind: "decimal", precision: 38, scale: 18 },
};
/** As PostgreSQL is. */
const open: WideningRules = { spellings: { ...types, hugeint: null }, maxPrecision: 1000, plainDecimal: { kind: "numeric" } };

const type = (text: string): ColumnType => {
  const decimal = /^decimal\((\d+),(\d+)\)$/.exec(text);
  return decimal ? { kind: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) } : ({ kind: text } as ColumnType);
};
const described = (result: ReturnType<typeof widened>): string | null =>
  result === null || result === "measure" ? result : describeType(result);

describe("a column and what a stream sends", () => {
  test.each([
    ["bigint", "smallint", true],
    ["bigint", "numeric", true],
    ["bigint", "double", true],
    ["decimal(38,2)", "bigint", false],
    ["decimal(38,2)", "double", true],
    ["numeric", "decimal(9,0)", true],
    ["varchar", "uuid", true],
    ["uuid", "varchar", true],
    ["json", "varchar", true],
    ["varchar", "json", true],
    ["date", "timestamptz", true],
    ["timestamptz", "timestamp", true],
    ["timestamptz", "date", false],
    ["boolean", "bigint", false],
    ["binary", "json", true],
  ])("%s in a %s column: %s", (wanted, present, taken) => {
    expect(isTakenBy(type(wanted), type(present))).toBe(taken);
  });
});

describe("a column becomes what takes both", () => {
  test.each<[string, string, string | null, string | null]>([
    // present, wanted, with bounded decimals, with open ones
    ["bigint", "bigint", "bigint", "bigint"],
    ["bigint", "double", "measure", "numeric"],
    ["bigint", "decimal(38,2)", "measure", "numeric"],
    ["bigint", "varchar", "varchar", "varchar"],
    ["boolean", "bigint", "varchar", "varchar"],
    ["bigint", "boolean", "varchar", "varchar"],
    ["double", "varchar", "varchar", "varchar"],
    ["date", "timestamptz", "timestamptz", "timestamptz"],
    ["date", "varchar", "varchar", "varchar"],
    ["timestamptz", "varchar", "varchar", "varchar"],
    ["bigint", "json", "json", "json"],
    ["binary", "varchar", null, null],
    ["bigint", "binary", null, null],
    ["varchar", "bigint", "varchar", "varchar"],
  ])("%s and %s: %s, or %s", (present, wanted, inBounded, inOpen) => {
    expect(described(widened(type(present), type(wanted), undefined, bounded))).toBe(inBounded);
    expect(described(widened(type(present), type(wanted), undefined, open))).toBe(inOpen);
  });

  test.each([
    [3, "double", "double"],
    [15, "double", "double"],
    [16, "double", "decimal(38,18)"],
    [23, "double", "decimal(38,15)"],
    [38, "double", "decimal(38,0)"],
    [39, "double", "varchar"],
    [19, "decimal(38,2)", "decimal(38,2)"],
    [6, "decimal(10,8)", "decimal(38,8)"],
    [19, "decimal(38,30)", "varchar"],
  ])("integers of %i digits that become %s are %s", (whole, wanted, expected) => {
    expect(described(widened(type("bigint"), type(wanted), { whole, scale: 0 }, bounded))).toBe(expected);
  });
});

describe("a value that is too large or too fine", () => {
  const none = { whole: 0, scale: 0 };
  test.each<[string, unknown[], { whole: number; scale: number } | null, string, string]>([
    // present, values, stored, with bounded decimals, with open ones
    ["smallint", [40_000], none, "bigint", "bigint"],
    ["smallint", [40_000, 3_000_000_000], none, "bigint", "bigint"],
    ["integer", [exactNumber("9223372036854775807")], none, "hugeint", "numeric"],
    ["bigint", [exactNumber("9223372036854775808")], none, "hugeint", "numeric"],
    ["bigint", [exactNumber("9".repeat(39))], none, "varchar", "numeric"],
    ["hugeint", [exactNumber("1e50")], none, "varchar", "numeric"],
    ["double", [exactNumber("0.1234567890123456789")], { whole: 3, scale: 2 }, "decimal(38,19)", "numeric"],
    ["double", [exactNumber("0.1234567890123456789")], { whole: 23, scale: 0 }, "varchar", "numeric"],
    ["double", [exactNumber("9007199254740993")], null, "varchar", "varchar"],
    ["decimal(38,18)", ["0.1234567890123456789"], { whole: 2, scale: 18 }, "decimal(38,19)", "numeric"],
    ["decimal(38,18)", [Number.NaN], none, "varchar", "numeric"],
    ["numeric", [exactNumber("1e200000")], none, "varchar", "varchar"],
    ["uuid", ["not one"], none, "varchar", "varchar"],
  ])("%s and %j", (present, values, stored, inBounded, inOpen) => {
    expect(describeType(widenedFor(type(present), values, stored, bounded))).toBe(inBounded);
    expect(describeType(widenedFor(type(present), values, stored, open))).toBe(inOpen);
  });
});

test("a decimal has no more digits after its point than the database takes there", () => {
  const finest = [exactNumber(`0.${"1".repeat(38)}`)];
  const widest = (rules: WideningRules): string => describeType(widenedFor(type("double"), finest, { whole: 0, scale: 0 }, rules));
  expect(widest(bounded)).toBe("decimal(38,38)");
  expect(widest({ ...bounded, maxScale: 37 })).toBe("varchar");
});
