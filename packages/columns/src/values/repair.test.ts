import { exactNumber, type Row } from "@tapline/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnType } from "../types/column-type.ts";
import { readInstant, readTime } from "./calendar.ts";
import { ColumnFeed } from "./column-feed.ts";
import { epochText } from "./epoch.ts";
import { Refusal } from "./refusal.ts";
import { repairsFor } from "./repair.ts";
import { usualInstant } from "./time-forms.ts";
import type { ValueRules } from "./value-rules.ts";

const plain = { isKey: false, isRequired: false };

test("numbers in JSON that have more digits than the database keeps become text, and no others", () => {
  const { repair, isForEach } = repairsFor({ kind: "json", mostDigits: 38 }, {}, plain) ?? {};
  const [most, more] = ["9".repeat(38), "9".repeat(39)].map((each) => exactNumber(each));
  const [fine, finer] = ["1".repeat(37), "1".repeat(38)].map((each) => exactNumber(`0.${each}`));
  const kept = { a: [most, fine, 1e300, "9".repeat(40), null], b: { c: true } };
  const lost: string[] = [];
  const onLoss = (kind: string) => void lost.push(kind);
  expect(repair?.(kept, onLoss)).toBe(kept);
  expect(lost).toEqual([]);
  expect(repair?.({ ...kept, d: { e: [more, finer, 2] } }, onLoss)).toEqual({
    ...kept,
    d: { e: ["9".repeat(39), `0.${"1".repeat(38)}`, 2] },
  });
  expect(repair?.(exactNumber("1e400"), onLoss)).toBe("1e400");
  expect(lost).toEqual(["number_text", "number_text"]);
  expect(isForEach).toBe(true);
  expect(repairsFor({ kind: "json" }, {}, plain)).toBeUndefined();
});

function repaired(kind: string, value: unknown, rules: ValueRules = {}, column = plain): unknown {
  const lost: string[] = [];
  const { repair } = repairsFor({ kind } as ColumnType, rules, column) ?? {};
  const result = repair?.(value, (what) => lost.push(what));
  return lost.length === 0 ? result : [result, ...lost];
}

describe("a repaired value", () => {
  test.each([
    ["timestamptz", "2026-01-02T03:04:05+00:00+0000", "2026-01-02T03:04:05+00:00"],
    ["timestamptz", "2026-01-02T03:04:05-00:00Z", "2026-01-02T03:04:05-00:00"],
    ["timestamptz", "2026-01-02T03:04:05+01:00+02:00", "2026-01-02T03:04:05+01:00+02:00"],
    ["timestamptz", "2026-01-02T03:04:05+00:00+00:00+00:00", "2026-01-02T03:04:05+00:00+00:00+00:00"],
    ["timestamp", "2024-02-28 24:00:00.000", "2024-02-29 00:00:00.000"],
    ["timestamptz", "0001-12-31T24:00Z", "0002-01-01T00:00:00Z"],
    ["timestamptz", "9999-12-31T24:00:00Z", "+010000-01-01T00:00:00Z"],
    ["timestamptz", "2026-01-02T24:00:00.1Z", "2026-01-02T24:00:00.1Z"],
    ["date", "2026-01-02T00:00:00.0000000", "2026-01-02T00:00:00.000000"],
    ["time", "10:20:30.1234560", "10:20:30.123456"],
    ["timestamptz", "soon", "soon"],
    ["timestamptz", 5, 5],
  ])("%s %j becomes %j", (kind, value, expected) => {
    expect(repaired(kind, value)).toBe(expected);
  });

  test("of a key keeps its digits, so two keys never become one, and NULL is for columns that take it", () => {
    const key = { isKey: true, isRequired: true };
    expect(() => repaired("timestamptz", "2026-01-02T03:04:05.1234567Z", {}, key)).toThrow("fraction_too_fine");
    expect(repaired("timestamptz", "soon", { onBadTime: "null" })).toEqual([null, "time_nulled"]);
    expect(repaired("timestamptz", "soon", { onBadTime: "null" }, key)).toBe("soon");
    expect(repaired("timestamptz", true, { onBadTime: "null" })).toBe(true);
  });

  test("in a list is repaired element by element", () => {
    const list: ColumnType = { kind: "json", elements: { kind: "timestamptz" } };
    const { repair } = repairsFor(list, {}, plain) ?? {};
    expect(repair?.(["2026-01-02T03:04:05+00:00+00:00", null], () => {})).toEqual(["2026-01-02T03:04:05+00:00", null]);
  });
});

test("an end of day is not the start of that day", () => {
  const clock = { seconds: 0, micros: 0 };
  readTime("24:00:00.0", clock);
  expect(clock).toEqual({ seconds: 86_400, micros: 0 });
  for (const text of ["24:00:01", "24:01:00", "24:00:00.1", "24:00:00+01:00", "25:00:00"])
    expect(() => readTime(text, clock)).toThrow("invalid_time");
});

test("numbers of any unit are the instants that they count, and the first and the last ones are those of the years 0001 and 9999", () => {
  const clock = { seconds: 0, micros: 0 };
  const units = [
    ["seconds", 1_000_000n, 6],
    ["milliseconds", 1000n, 3],
    ["microseconds", 1n, 0],
  ] as const;
  const [first, last] = [-62_135_596_800n, 253_402_300_799n];
  fc.assert(
    fc.property(
      fc.bigInt({ min: first, max: last }),
      fc.nat(999_999),
      fc.constantFrom(...units),
      (seconds, micros, [unit, size, digits]) => {
        const total = seconds * 1_000_000n + BigInt(micros);
        const [whole, rest] = [total / size, total % size];
        const fraction = digits === 0 ? "" : `.${String(rest < 0n ? -rest : rest).padStart(digits, "0")}`;
        const { text = "", isCut } =
          epochText(exactNumber(`${total < 0n ? "-" : ""}${whole < 0n ? -whole : whole}${fraction}`), unit) ?? {};
        expect([readInstant(text, clock), isCut]).toEqual([true, false]);
        expect(BigInt(clock.seconds) * 1_000_000n + BigInt(clock.micros)).toBe(total);
      },
    ),
  );
  expect(epochText(Number(first) - 1, "seconds")).toBeUndefined();
  expect(epochText(Number(last) + 1, "seconds")).toBeUndefined();
  expect(epochText(exactNumber("1e30"), "nanoseconds")).toBeUndefined();
  expect(epochText(Number.NaN, "seconds")).toBeUndefined();
  expect(epochText(exactNumber("-0.0000001"), "seconds")).toEqual({ text: "1969-12-31T23:59:59.999999Z", isCut: true });
  expect(epochText(exactNumber("1e-40"), "nanoseconds")).toEqual({ text: "1970-01-01T00:00:00.000000Z", isCut: true });
});

test("a usual time is never changed", () => {
  const two = (most: number) => fc.nat(most).map((n) => String(n).padStart(2, "0"));
  const day = fc.date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true });
  const zone = fc.oneof(
    fc.constantFrom("", "Z", "+02", "-0530"),
    fc.tuple(two(14), two(59)).map(([h, m]) => `+${h}:${m}`),
  );
  const text = fc
    .tuple(day, two(23), two(59), two(59), fc.stringMatching(/^(\.\d{1,6})?$/), zone)
    .map(([d, h, m, s, fraction, z]) => `${d.toISOString().slice(0, 10)}T${h}:${m}:${s}${fraction}${z}`);
  fc.assert(fc.property(text, (each) => usualInstant(each, () => expect.fail("nothing is cut")) === each));
});

test("rows are counted once, however often their chunk was tried, and rejected rows are not counted", () => {
  const appended: unknown[] = [];
  const strict = (value: unknown): void => {
    if (typeof value === "string" && !readInstant(value, { seconds: 0, micros: 0 })) throw new Refusal("invalid_timestamp");
  };
  const column = (name: string) => ({
    name,
    columnName: name,
    type: { kind: "timestamptz" } as ColumnType,
    typeName: "timestamptz",
    check: strict,
    append(values: readonly unknown[], count: number) {
      for (const value of values.slice(0, count)) strict(value);
      appended.push(...values.slice(0, count));
      return 0;
    },
  });
  const feed = new ColumnFeed({
    stream: "s",
    columns: [column("a"), column("b")],
    requiredKeys: [],
    mark: () => {
      const { length } = appended;
      return () => {
        appended.length = length;
      };
    },
  });
  const fine = "2026-01-02T03:04:05.1234567Z";
  const rows: Row[] = [
    { a: fine, b: fine },
    { a: fine, b: "soon" },
    { a: "2026-01-02T03:04:05Z", b: fine },
  ];
  const rejected: unknown[] = [];
  const kept = feed.add({ rows, lines: [1, 2, 3] }, (row) => rejected.push(row));
  expect([kept.lines, rejected]).toEqual([[1, 3], [rows[1]]]);
  expect(appended).toEqual([
    "2026-01-02T03:04:05.123456Z",
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.123456Z",
    "2026-01-02T03:04:05.123456Z",
  ]);
  expect(feed.takeLost()).toEqual([
    { kind: "fraction_cut", column: "a", count: 1, first: JSON.stringify(fine) },
    { kind: "fraction_cut", column: "b", count: 2, first: JSON.stringify(fine) },
  ]);
  expect(feed.takeLost()).toEqual([]);
});
