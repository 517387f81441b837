import { join } from "node:path";
import { type ColumnType, Lane, ParquetFile, RowColumns, typeName } from "@tapline/columns";
import { exactNumber, numberText } from "@tapline/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { read, temporaryFolder } from "../test/database.ts";
import { dialect } from "./dialect/index.ts";

interface Kind {
  type: ColumnType;
  values: fc.Arbitrary<unknown>;
  /** What DuckDB must print, given the value as it was sent. */
  printed: (value: never) => string;
  select?: string;
  /** DuckDB's spelling made comparable. */
  shown?: (text: string) => string;
}

const two = (n: number) => String(n).padStart(2, "0");
const decimals = (precision: number, scale: number): Kind => ({
  type: { kind: "decimal", precision, scale },
  values: fc
    .tuple(fc.oneof(big(10n ** BigInt(precision) - 1n), big(10n ** 9n), fc.constantFrom(0n, 10n ** BigInt(precision) - 1n)), fc.boolean())
    .map(([digits, asText]) => (asText ? point(digits, scale) : exactNumber(point(digits, scale)))),
  // DuckDB prints DECIMAL(38,38) without a zero before the point.
  printed: (value) =>
    point(scaled(typeof value === "string" ? value : (numberText(value) as string), scale), scale).replace(
      /^(-?)0\./,
      precision === scale ? "$1." : "$10.",
    ),
});

const integers = (kind: "smallint" | "integer" | "hugeint", limit: bigint): Kind => ({
  type: { kind },
  values: fc
    .oneof(fc.bigInt({ min: -limit, max: limit - 1n }), fc.constantFrom(-limit + 1n, limit - 1n, 0n))
    .map((n) => exactNumber(String(n))),
  printed: (value) => String(scaled(numberText(value) as string, 0)),
});

const instants = fc.record({
  year: fc.integer({ min: 1, max: 9999 }),
  dayOfYear: fc.integer({ min: 0, max: 364 }),
  second: fc.integer({ min: 0, max: 86_399 }),
  micros: fc.option(fc.integer({ min: 0, max: 999_999 })),
  offset: fc.option(fc.integer({ min: -14 * 60, max: 14 * 60 })),
  separator: fc.constantFrom("T", " ", "t"),
});
const clock = (second: number) => `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
const fraction = (micros: number | null) => (micros === null ? "" : `.${String(micros).padStart(6, "0")}`);
const shownFraction = (micros: number | null) => fraction(micros ?? 0).replace(/\.?0+$/, "");
const day = (year: number, dayOfYear: number) => {
  const date = new Date(Date.UTC(2000, 0, 1 + dayOfYear));
  date.setUTCFullYear(year, 0, 1 + dayOfYear);
  return date;
};
const isoDay = (date: Date) => `${String(date.getUTCFullYear()).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
const zone = (offset: number | null) =>
  offset === null ? "" : `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "\u0000", "a\u0000b", "x".repeat(200_000), "é".repeat(24), "🦆".repeat(13), "ÿ"),
);

const kinds: Record<string, Kind> = {
  boolean: { type: { kind: "boolean" }, values: fc.boolean(), printed: (value) => String(value) },
  bigint: {
    type: { kind: "bigint" },
    values: fc
      .oneof(big(2n ** 63n - 1n), big(1000n), fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n))
      .map((n) => exactNumber(String(n))),
    printed: (value) => String(scaled(numberText(value) as string, 0)),
  },
  smallint: integers("smallint", 2n ** 15n),
  integer: integers("integer", 2n ** 31n),
  hugeint: integers("hugeint", 10n ** 38n - 1n),
  real: {
    type: { kind: "real" },
    values: fc.float(),
    printed: spell,
    shown: (text) => spell(Number(text.replace("inf", "Infinity"))),
  },
  double: {
    type: { kind: "double" },
    values: fc.double(),
    printed: spell,
    shown: (text) => spell(Number(text.replace("inf", "Infinity"))),
  },
  short: decimals(12, 3),
  money: decimals(38, 2),
  longest: decimals(38, 38),
  whole: decimals(38, 0),
  varchar: {
    type: { kind: "varchar" },
    values: texts,
    printed: (value) => Buffer.from(value, "utf8").toString("hex").toUpperCase(),
    select: "hex(v)",
  },
  json: {
    type: { kind: "json" },
    values: fc.jsonValue().filter((v) => v !== null),
    printed: (value) => JSON.stringify(value, (_, v) => (Object.is(v, -0) ? rawJson("-0") : v)),
  },
  date: {
    type: { kind: "date" },
    values: instants.map(({ year, dayOfYear }) => isoDay(day(year, dayOfYear))),
    printed: (value) => value,
  },
  time: {
    type: { kind: "time" },
    values: instants.map(({ second, micros }) => clock(second) + fraction(micros)),
    printed: (value: string) => clock(seconds(value)) + shownFraction(Number(value.slice(9) || "0")),
  },
  timestamptz: {
    type: { kind: "timestamptz" },
    values: instants.map(
      (i) => `${isoDay(day(i.year, i.dayOfYear))}${i.separator}${clock(i.second)}${fraction(i.micros)}${zone(i.offset)}`,
    ),
    printed: (value) => String(micros(value)),
    select: "epoch_us(v)",
  },
  timestamp: {
    type: { kind: "timestamp" },
    values: instants.map((i) => `${isoDay(day(i.year, i.dayOfYear))}T${clock(i.second)}${fraction(i.micros)}${zone(i.offset)}`),
    printed: (value) => String(micros(value)),
    select: "epoch_us(v)",
  },
  uuid: { type: { kind: "uuid" }, values: fc.uuid().map((text) => text.toUpperCase()), printed: String, select: "upper(v)" },
  binary: {
    type: { kind: "binary" },
    values: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("base64")),
    printed: (value) => Buffer.from(value, "base64").toString("hex").toUpperCase(),
    select: "hex(v)",
  },
};

test("any typed rows come back from the file as they were sent", async () => {
  const folder = temporaryFolder();
  const names = Object.keys(kinds);
  const row = fc.record(Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, fc.option(kind.values)])), {
    requiredKeys: [],
  });
  const lanes: Lane[] = [];
  const columns = names.map((name) => ({ name, columnName: name, type: (kinds[name] as Kind).type }));
  const types = columns.map((column) => column.type);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (chunks, isSplit) => {
        const path = join(folder, `${++count}.parquet`);
        const rowColumns = new RowColumns({ stream: "s", columns, requiredKeys: [] }, typeText, (index) => (lanes[index] ??= new Lane()));
        const file = new ParquetFile(path, types);
        for (const rows of chunks) {
          rowColumns.add({ rows, lines: rows.map((_, i) => i) }, fail);
          if (isSplit) {
            file.writeRowGroup(rowColumns.buffers);
            rowColumns.clear();
          }
        }
        if (!isSplit) file.writeRowGroup(rowColumns.buffers);
        rowColumns.clear();
        file.finish();
        file.close();
        const select = names.map((name, i) => expression(kinds[name] as Kind, `c${i}`)).join(", ");
        const back = await read(":memory:", `SELECT ${select} FROM read_parquet('${path}')`);
        const sent = chunks.flat().map((r) => names.map((name) => printed(kinds[name] as Kind, (r as Record<string, unknown>)[name])));
        expect(back.map((r) => r.map((text, i) => shown(kinds[names[i] as string] as Kind, text as string | null)))).toEqual(sent);
      },
    ),
    { numRuns: 60 },
  );
});

test("the file's column types are the table's", async () => {
  const path = join(temporaryFolder(), "types.parquet");
  const types = Object.values(kinds).map((kind) => kind.type);
  const columns = types.map((type, i) => ({ name: `c${i}`, columnName: `c${i}`, type }));
  const rowColumns = new RowColumns({ stream: "s", columns, requiredKeys: [] }, typeText, () => new Lane());
  rowColumns.add({ rows: [{}], lines: [1] }, fail);
  const file = new ParquetFile(path, types);
  file.writeRowGroup(rowColumns.buffers);
  file.finish();
  file.close();
  const described = await read(":memory:", `SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet('${path}'))`);
  expect(described.flat()).toEqual([
    "BOOLEAN",
    "BIGINT",
    "BIGINT",
    "BIGINT",
    "DECIMAL(38,0)",
    "DOUBLE",
    "DOUBLE",
    "DECIMAL(12,3)",
    "DECIMAL(38,2)",
    "DECIMAL(38,38)",
    "DECIMAL(38,0)",
    "VARCHAR",
    "VARCHAR",
    "DATE",
    "TIME",
    "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP",
    "VARCHAR",
    "BLOB",
  ]);
});

function expression(kind: Kind, column: string): string {
  return `(${(kind.select ?? "v").replaceAll("v", column)})::VARCHAR`;
}

function printed(kind: Kind, value: unknown): string | null {
  return value === null || value === undefined ? null : kind.printed(value as never);
}

function shown(kind: Kind, text: string | null): string | null {
  return text === null || kind.shown === undefined ? text : kind.shown(text);
}

function big(limit: bigint): fc.Arbitrary<bigint> {
  return fc.bigInt({ min: -limit, max: limit });
}

function point(digits: bigint, scale: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  return (digits < 0n ? "-" : "") + (scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`);
}

function scaled(text: string, scale: number): bigint {
  const [, sign, whole = "", part = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text) as RegExpExecArray;
  const shift = scale + Number(power) - part.length;
  const digits = shift >= 0 ? BigInt(whole + part) * 10n ** BigInt(shift) : BigInt(whole + part) / 10n ** BigInt(-shift);
  return sign === "-" ? -digits : digits;
}

function spell(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function seconds(time: string): number {
  return Number(time.slice(0, 2)) * 3600 + Number(time.slice(3, 5)) * 60 + Number(time.slice(6, 8));
}

/** By way of Date, which the code under test never uses. */
function micros(text: string): bigint {
  const [, date = "", time = "", part = "", offset = "Z"] = /^(\S{10}).(\S{8})(?:\.(\d+))?(\S*)$/.exec(text) as RegExpExecArray;
  return BigInt(Date.parse(`${date}T${time}${offset || "Z"}`)) * 1000n + BigInt(part || "0");
}

/** JSON.stringify alone would write 0 for it. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

const typeText = (type: ColumnType): string => typeName(dialect.types, type);

function fail(): never {
  throw new Error("a row was refused");
}
