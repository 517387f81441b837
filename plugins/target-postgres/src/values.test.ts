import { exactNumber, numberText } from "@tapline/protocol";
import type { JsonSchema, Row } from "@tapline/sdk";
import { testDatabase } from "@tapline/testing/postgres";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batch, failure, settings, stream, withSink } from "../test/rows.ts";

const digits = (most: number) => fc.stringMatching(new RegExp(`^(0|[1-9][0-9]{0,${most - 1}})$`));
const sign = fc.constantFrom("", "-");
const text = fc.oneof(
  fc.string({ unit: "grapheme" }).filter((t) => !t.includes("\0")),
  fc.constantFrom(
    "",
    "\\N",
    "\\.",
    "\\\\N",
    "a\tb",
    "line\r\n\tend\\",
    "\\n",
    "🦆 Île",
    "\ufeff",
    "\u2028",
    "\b\f\v",
    "'\"",
    "null",
    "NULL",
  ),
);
const day = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T00:00:00Z"), noInvalidDate: true })
  .map((d) => d.toISOString().slice(0, 10));
const clock = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999_999))
  .map(([h, m, s, us]) => `${two(h)}:${two(m)}:${two(s)}.${String(us).padStart(6, "0")}`);
const zone = fc.oneof(
  fc.constantFrom("", "Z", "z"),
  fc
    .tuple(fc.constantFrom("+", "-"), fc.nat(23), fc.nat(59), fc.constantFrom(":", ""))
    .map(([s, h, m, colon]) => `${s}${two(h)}${colon}${two(m)}`),
);

const columns: Record<string, { schema: JsonSchema; value: fc.Arbitrary<unknown> }> = {
  i: { schema: { type: "integer" }, value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => exactNumber(String(n))) },
  n: { schema: { type: "number" }, value: fc.tuple(sign, digits(60), digits(60)).map(([s, a, b]) => exactNumber(`${s}${a}.${b}`)) },
  d: {
    schema: { type: "number", multipleOf: 0.01 },
    value: fc.tuple(sign, digits(36), fc.nat(99)).map(([s, a, b]) => exactNumber(`${s}${a}.${two(b)}`)),
  },
  t: { schema: { type: "string" }, value: text },
  b: { schema: { type: "boolean" }, value: fc.boolean() },
  day: { schema: { type: "string", format: "date" }, value: day },
  clock: { schema: { type: "string", format: "time" }, value: clock },
  at: {
    schema: { type: "string", format: "date-time" },
    value: fc
      .tuple(day, clock, zone)
      .map(([d, c, z]) => `${d}T${c}${z}`)
      .filter((t) => yearOf(t) > 1 && yearOf(t) < 9999),
  },
  j: {
    schema: { type: ["object", "array"] },
    value: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text)), { noNullPrototype: true }),
  },
};

test("whatever a stream sends comes back as it was sent, NULL and empty text apart", async () => {
  const database = await testDatabase();
  const properties = Object.fromEntries(Object.entries(columns).map(([name, { schema }]) => [name, schema]));
  const row = fc.record(Object.fromEntries(Object.entries(columns).map(([name, { value }]) => [name, fc.option(value, { freq: 10 })])));
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
      await database.read("DROP TABLE IF EXISTS s");
      await withSink(settings(database), async (sink) => {
        const writer = await sink.open(stream(properties));
        await writer.write(batch(rows as Row[], { chunkRows: 7 }));
        await sink.commit();
      });
      const back = await database.read(
        "SELECT i, n, d, t, b, day, clock, (extract(epoch FROM at) * 1000000)::numeric(30,0), j FROM s ORDER BY ctid",
      );
      expect(
        back.map(([i, n, d, t, b, day, clock, at, j]) => ({
          i,
          n,
          d,
          t,
          b,
          day,
          clock,
          at,
          j: j === null || j === undefined ? null : JSON.parse(j),
        })),
      ).toEqual(rows.map(printed));
    }),
    { numRuns: 25 },
  );
});

/** The row as the server prints it. */
function printed(row: Record<string, unknown>): Record<string, unknown> {
  return {
    i: numberText(row.i),
    n: row.n === null ? null : plain(numberText(row.n) as string),
    d: row.d === null ? null : withScale(numberText(row.d) as string, 2),
    t: row.t,
    b: row.b === null ? null : row.b ? "t" : "f",
    day: row.day,
    clock:
      row.clock === null ? null : String(row.clock).replace(/\.?0+$/, (zeros) => (zeros.startsWith(".") ? "" : zeros.replace(/0+$/, ""))),
    at: row.at === null ? null : String(microseconds(row.at as string)),
    j: row.j === null ? null : JSON.parse(JSON.stringify(row.j)),
  };
}

function microseconds(textOfInstant: string): bigint {
  const [, d, c, micros, z = ""] = /^(.{10})T(.{8})\.(\d{6})(.*)$/.exec(textOfInstant) as RegExpExecArray;
  const east = /^([+-])(\d\d):?(\d\d)$/.exec(z);
  const offset = east === null ? 0 : (east[1] === "-" ? -1 : 1) * (Number(east[2]) * 60 + Number(east[3]));
  return BigInt(Date.parse(`${d}T${c}Z`) - offset * 60_000) * 1000n + BigInt(micros as string);
}

/** A double's spelling may have an exponent, which numeric prints written out. */
function plain(number: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(number);
  if (match === null) return number === "-0" ? "0" : number;
  const [, minus, whole, fraction = "", power] = match;
  const all = `${whole}${fraction}`;
  const exponent = Number(power);
  return exponent < 0 ? `${minus}0.${"0".repeat(-exponent - 1)}${all}` : `${minus}${all.padEnd(exponent + 1, "0")}`;
}

function withScale(number: string, scale: number): string {
  const [whole = "", fraction = ""] = plain(number).split(".");
  const value = `${whole}.${fraction.padEnd(scale, "0")}`;
  return /^-0\.0+$/.test(value) ? value.slice(1) : value;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

function yearOf(instant: string): number {
  return Number(instant.slice(0, 4));
}

test.each<[JsonSchema, unknown, string]>([
  [{ type: "string" }, "a\0b", "nul_character"],
  [{ type: "object" }, { a: "x\0" }, "nul_character"],
  [{ type: "object" }, { "\0": 1 }, "nul_character"],
  [{ type: "integer" }, 1.5, "integer_has_fraction"],
  [{ type: "integer" }, "1", "wrong_type"],
  [{ type: "number" }, "abc", "wrong_type"],
  [{ type: "number", multipleOf: 0.01 }, 1.005, "decimal_too_fine"],
  [{ type: "number", format: "singer.decimal", precision: 5, scale: 2 }, 1000, "decimal_out_of_range"],
  [{ type: "string", format: "uuid" }, "no uuid", "invalid_uuid"],
  [{ type: "number", multipleOf: 0.01 }, Number.NaN, "not_finite"],
  [{ type: "boolean" }, 1, "wrong_type"],
  [{ type: "string", format: "date" }, "2023-02-29", "invalid_date"],
  [{ type: "string", format: "date" }, "2024-01-02T00:00:01Z", "invalid_date"],
  [{ type: "string", format: "time" }, "24:01", "invalid_time"],
  [{ type: "string", format: "time" }, "12:00:00+02:00", "invalid_time"],
  [{ type: "string", format: "date-time" }, "2016-12-31T23:59:60Z", "leap_second"],
  [{ type: "string", format: "date-time" }, "2024-01-02T03:04:05+00:00+01:00", "invalid_timestamp"],
  [{ type: "string", format: "date-time" }, "yesterday", "invalid_timestamp"],
])("a value that can't be stored exactly, %j %j, is an error with its position and leaves nothing: %s", async (schema, value, code) => {
  const database = await testDatabase();
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id: { type: "integer" }, x: schema }));
    const error = await failure(async () => {
      await writer.write(batch([{ id: 1 }, { id: 2, x: value }, { id: 3, x: value }], { firstLine: 7 }));
      await sink.commit();
    });
    expect(error).toMatchObject({ code, class: "data", recovery: "skip", position: { stream: "s", line: 8, column: "x" } });
    expect(error.hint).not.toBe("");
    await sink.rollback();
  });
  expect(await database.read("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toEqual([["0"]]);
});

test("what JSON writes with a backslash is no NUL", async () => {
  const database = await testDatabase();
  const value = { a: "\\u0000", b: "C:\\u0000\\\\u0000" };
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ j: { type: "object" } }));
    await writer.write(batch([{ j: value }]));
    await sink.commit();
  });
  expect(JSON.parse((await database.read("SELECT j FROM s"))[0]?.[0] as string)).toEqual(value);
});

test("NaN beside a numeric(5,2) of others makes it numeric; where the schema declares one it is refused", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (n numeric(5,2))", "INSERT INTO s VALUES (1.5)");
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ n: { type: "number" } }));
    await writer.write(batch([{ n: Number.NaN }, { n: Number.NEGATIVE_INFINITY }, { n: 2 }]));
    await sink.commit();
  });
  expect(await database.read("SELECT n FROM s ORDER BY ctid")).toEqual([["1.50"], ["NaN"], ["-Infinity"], ["2"]]);
});

test("instants become text as streams spell them, also those no calendar of ours has", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE s (at timestamptz, local timestamp, day date)",
    "INSERT INTO s VALUES ('2024-01-02 03:04:05.5+02', '2024-01-02 03:04:05', '2024-01-02'), ('infinity', '-infinity', 'infinity'), ('0044-03-15 BC', '0044-03-15 BC', '0044-03-15 BC')",
  );
  const text = { type: ["null", "string"] };
  await withSink(settings(database), async (sink) => {
    await sink.open(stream({ at: text, local: text, day: text }));
    await sink.commit();
  });
  expect(await database.read("SELECT at, local, day FROM s ORDER BY ctid")).toEqual([
    ["2024-01-02T01:04:05.500000Z", "2024-01-02T03:04:05.000000Z", "2024-01-02"],
    ["infinity", "-infinity", "infinity"],
    ["0044-03-15 00:00:00+00 BC", "0044-03-15 00:00:00 BC", "0044-03-15 BC"],
  ]);
});

test("NaN, infinities and decimals sent as text are kept by numeric", async () => {
  const database = await testDatabase();
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ n: { type: "number" }, d: { type: "string", format: "singer.decimal" } }));
    const values = [
      { n: Number.NaN, d: "123456789012345678901234567890.0000000000000000000000000001" },
      { n: Number.POSITIVE_INFINITY, d: "1E+5" },
      { n: 1e21, d: null },
      { n: 1e-7 },
    ];
    await writer.write(batch(values));
    await sink.commit();
  });
  expect(await database.read("SELECT n, d FROM s ORDER BY ctid")).toEqual([
    ["NaN", "123456789012345678901234567890.0000000000000000000000000001"],
    ["Infinity", "100000"],
    ["1000000000000000000000", null],
    ["0.0000001", null],
  ]);
});
