/** Columns whose type changes keep every digit of what they have. */

import { type ColumnType, columnType, typeName } from "@tapline/columns";
import fc from "fast-check";
import { expect, test } from "vitest";
import { read } from "../test/database.ts";
import { dialect } from "./dialect/index.ts";

const doubles = fc.oneof(
  fc.double(),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.integer().map((n) => n / 100),
  fc.integer({ min: -25, max: 25 }).map((power) => 10 ** power),
  fc.constantFrom(0, -0, 5e-324, -2.2250738585072014e-308, 1e308, 1.7976931348623157e308, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
);

const literal = (value: number): string => `'${Object.is(value, -0) ? "-0" : String(value).replace("Infinity", "inf")}'::DOUBLE`;

test("the digits of doubles are counted as their shortest spelling has them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(doubles), { maxLength: 30 }), async (values) => {
      const list = values.map((value) => `(${value === null ? "NULL" : literal(value)})`);
      const found = await read(
        ":memory:",
        "CREATE TABLE t (d DOUBLE)",
        ...(list.length > 0 ? [`INSERT INTO t VALUES ${list.join(", ")}`] : []),
        (dialect.types.measure as NonNullable<typeof dialect.types.measure>)("t", '"d"'),
      );
      const there = values.filter((value) => value !== null);
      if (there.length === 0) expect(found).toEqual([]);
      else if (!there.every(Number.isFinite)) expect(found).toEqual([[null, null]]);
      else {
        const digits = there.map(digitsByCounting);
        const most = [0, 1].map((place) => Math.max(...digits.map((each) => each[place] as number)));
        expect(found.map((row) => row.map(Number))).toEqual([most]);
      }
    }),
    { numRuns: 60 },
  );
});

const decimalsOf = (scale: number) => fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map((digits) => point(digits, scale));

test.each<[ColumnType, ColumnType, fc.Arbitrary<string>, ((text: string) => string)?]>([
  [{ kind: "bigint" }, { kind: "hugeint" }, big(2n ** 63n - 1n)],
  [{ kind: "bigint" }, { kind: "varchar" }, big(2n ** 63n - 1n)],
  [{ kind: "bigint" }, { kind: "json" }, big(2n ** 63n - 1n)],
  [{ kind: "bigint" }, { kind: "decimal", precision: 38, scale: 18 }, big(2n ** 63n - 1n), withScale(18)],
  [{ kind: "hugeint" }, { kind: "varchar" }, big(10n ** 38n - 1n)],
  [{ kind: "hugeint" }, { kind: "json" }, big(10n ** 38n - 1n)],
  [{ kind: "hugeint" }, { kind: "decimal", precision: 38, scale: 0 }, big(10n ** 38n - 1n)],
  [{ kind: "decimal", precision: 38, scale: 5 }, { kind: "varchar" }, decimalsOf(5)],
  [{ kind: "decimal", precision: 38, scale: 38 }, { kind: "varchar" }, decimalsOf(38)],
  [{ kind: "decimal", precision: 38, scale: 38 }, { kind: "json" }, decimalsOf(38)],
])("%j to %j", async (from, to, values, expected = (text: string) => text) => {
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 30 }), async (list) => {
      expect(
        await converted(
          from,
          to,
          list.map((text) => `'${text}'`),
        ),
      ).toEqual(list.map(expected));
    }),
    { numRuns: 10 },
  );
});

test.each<[ColumnType]>([[{ kind: "varchar" }], [{ kind: "json" }]])("doubles as %j are the same doubles", async (to) => {
  await fc.assert(
    fc.asyncProperty(fc.array(doubles, { minLength: 1, maxLength: 30 }), async (list) => {
      const texts = (await converted({ kind: "double" }, to, list.map(literal))).map((text) => text.replaceAll('"', ""));
      expect(texts.map(Number)).toEqual(list);
      expect(texts.filter((text) => text.endsWith(".0"))).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test("doubles as decimals have the digits of their shortest spelling", async () => {
  const values = fc
    .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 18 }))
    .map(([n, p]) => n / 10 ** p);
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 30 }), async (list) => {
      const found = await converted({ kind: "double" }, { kind: "decimal", precision: 38, scale: 28 }, list.map(literal));
      expect(found.map((text) => trimmed(text).replace("-", ""))).toEqual(list.map((value) => trimmed(plain(value))));
      expect(found.map(Number)).toEqual(list.map((value) => value + 0));
    }),
    { numRuns: 20 },
  );
});

test.each([
  ["TIMESTAMP WITH TIME ZONE", "0001-01-01 00:00:00.000001+00", "varchar", "0001-01-01T00:00:00.000001Z"],
  ["TIMESTAMP WITH TIME ZONE", "2024-01-02 03:04:05+02", "json", '"2024-01-02T01:04:05.000000Z"'],
  ["TIMESTAMP", "9999-12-31 23:59:59.999999", "varchar", "9999-12-31T23:59:59.999999Z"],
  ["DATE", "0001-01-01", "varchar", "0001-01-01"],
  ["DATE", "2024-02-29", "timestamptz", "2024-02-29 00:00:00+00"],
  ["TIME", "03:04:05.000001", "json", '"03:04:05.000001"'],
  ["UUID", "8C6B6A54-1C1C-4B4B-8C8C-123456789012", "varchar", "8c6b6a54-1c1c-4b4b-8c8c-123456789012"],
  ["BOOLEAN", "true", "varchar", "true"],
  ["BOOLEAN", "true", "json", "true"],
  ["VARCHAR", 'say "x"', "json", '"say \\"x\\""'],
  ["FLOAT", "0.1", "json", "0.1"],
  ["FLOAT", "0.1", "double", "0.1"],
] as const)("%s %s as %s is %s, whatever the session's time zone", async (spelled, value, kind, expected) => {
  const from = dialect.types.typeOf(spelled) as ColumnType;
  expect(await converted(from, { kind }, [`'${value}'`], kind === "timestamptz" ? "UTC" : "Asia/Tokyo")).toEqual([expected]);
});

test.each(["TINYINT", "UBIGINT", "TIMESTAMP_NS", "TIME WITH TIME ZONE", "INTEGER[]", "STRUCT(a INTEGER)", "BIT", "BIGNUM"])(
  "%s is no type values are converted to",
  (spelled) => expect(dialect.types.typeOf(spelled)).toBeNull(),
);

test.each(["BIGINT", "DECIMAL(38,18)", "TIMESTAMP", "UUID", "BLOB", "SMALLINT", "INTEGER", "FLOAT"])(
  "%s is read and spelled alike",
  (spelled) => {
    expect(typeName(dialect.types, dialect.types.typeOf(spelled) as ColumnType)).toBe(spelled);
    expect(columnType({ type: "string", format: "uuid" }, dialect.types)).toEqual({ kind: "uuid" });
  },
);

async function converted(from: ColumnType, to: ColumnType, literals: string[], zone = "UTC"): Promise<string[]> {
  const rows = await read(
    ":memory:",
    `SET TimeZone = '${zone}'`,
    `CREATE TABLE t (v ${typeName(dialect.types, from)})`,
    `INSERT INTO t VALUES ${literals.map((text) => `(${text})`).join(", ")}`,
    `ALTER TABLE t ALTER COLUMN v TYPE ${typeName(dialect.types, to)} USING ${dialect.types.convert("v", from, to)}`,
    "SELECT v::VARCHAR FROM t",
  );
  return rows.map(([text]) => String(text));
}

/** Digits before and after the point, by writing the number out with integers. */
function digitsByCounting(value: number): [number, number] {
  const text = trimmed(plain(value));
  const [whole = "", fraction = ""] = text.split(".");
  return [whole.replace(/^0$/, "").length, fraction.length];
}

/** The shortest spelling without exponent or sign. */
function plain(value: number): string {
  const [, first = "", rest = "", power = "0"] = /^(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(Math.abs(value).toExponential()) as RegExpExecArray;
  const exponent = Number(power) - rest.length;
  const digits = BigInt(first + rest);
  return exponent >= 0 ? String(digits * 10n ** BigInt(exponent)) : point(digits, -exponent);
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

function point(digits: bigint, scale: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return (digits < 0n ? "-" : "") + (scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`);
}

function withScale(scale: number) {
  return (text: string): string => `${text}.${"0".repeat(scale)}`;
}

function big(limit: bigint): fc.Arbitrary<string> {
  return fc.bigInt({ min: -limit, max: limit }).map(String);
}
