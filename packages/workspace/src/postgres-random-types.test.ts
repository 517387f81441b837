/**
 * A table with a column of every type and random values, at the ends of what each type can hold too, is the same table after tap-postgres
 * and target-postgres. Each column is compared by a checksum of the text that PostgreSQL writes.
 */
import { suiteDatabase } from "@tapline/testing/postgres";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { arrayBack, copySchema } from "./copy-schema.ts";

const database = suiteDatabase();

interface Column {
  type: string;
  /** Values as text that PostgreSQL takes for the type. */
  values: fc.Arbitrary<string>;
  /** The source's column, where its spelling may differ after the way; the column is `v`. */
  source?: string;
  /** The target's column as a value of the source's type. Default: a cast. */
  back?: string;
}

const whole = (bits: bigint): fc.Arbitrary<string> => fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }).map(String);
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 20 }))
  .map(([digits, scale]) => `${digits}e-${scale}`);
const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\0"));
const word = fc.stringMatching(/^[a-z]{1,8}$/);
/** Without the day on which a zone of an hour or two would leave the range. */
const moment = fc.date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true }).map((date) => date.toISOString());
const day = moment.map((at) => at.slice(0, 10));
const endless = fc.constantFrom("infinity", "-infinity");
/** The years before Christ have no year 0, and days of February that these leave out. */
const beforeChrist = fc
  .tuple(fc.integer({ min: 1, max: 4700 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map((parts) => `${parts.map((part, i) => String(part).padStart(i === 0 ? 4 : 2, "0")).join("-")} BC`);
const farDay = fc.integer({ min: 10_000, max: 294_000 }).map((year) => `${year}-02-28`);
const clock = fc.integer({ min: 0, max: 86_399_999_999 }).map((us) => {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const [seconds, rest] = [Math.floor(us / 1e6), us % 1e6];
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${String(rest).padStart(6, "0")}`;
});
const json = fc
  .jsonValue()
  .map((value) => JSON.stringify(value))
  .filter((value) => !value.includes("\\u0000") && value !== "null");
const bits = fc.stringMatching(/^[01]{0,40}$/);
const integer = fc.integer();
const orNull = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.option(values).map((value) => (value === null ? "NULL" : String(value)));
const array = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.array(orNull(values), { minLength: 1 }).map((list) => `{${list.join(",")}}`);
const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
/** An array of so many dimensions: all its rows have one length. */
const nested = (depth: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength: depth, maxLength: depth }).chain((lengths) => {
    const build = (at: number): fc.Arbitrary<string> =>
      at === depth
        ? orNull(integer)
        : fc
            .array(build(at + 1), { minLength: lengths[at] as number, maxLength: lengths[at] as number })
            .map((list) => `{${list.join(",")}}`);
    return build(0);
  });
const range = <T>(values: fc.Arbitrary<T>, compare: (a: T, b: T) => number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom("empty", "(,)"),
    fc.tuple(values, values).map(([a, b]) => (compare(a, b) <= 0 ? `[${a},${b}]` : `[${b},${a}]`)),
    values.map((value) => `(${value},)`),
  );
const small = fc.integer({ min: -1000, max: 1000 });

const columns: Readonly<Record<string, Column>> = {
  smallint: { type: "smallint", values: whole(16n) },
  bigint: { type: "bigint", values: whole(64n) },
  numeric: {
    type: "numeric",
    values: fc.oneof(decimal, fc.constantFrom("NaN", "Infinity", "-Infinity")),
    source: "trim_scale(v)",
    back: "trim_scale(v)",
  },
  scaled: { type: "numeric(20,4)", values: fc.oneof(whole(50n), fc.constant("NaN")) },
  money: {
    type: "money",
    values: whole(64n).map((value) => `${value.slice(0, -2) || "0"}.${value.slice(-2).padStart(2, "0").replace("-", "0")}`),
  },
  real: {
    type: "real",
    values: fc
      .float({ noDefaultInfinity: true })
      .filter((value) => !Object.is(value, -0))
      .map(String),
  },
  double: {
    type: "float8",
    values: fc
      .double()
      .filter((value) => !Object.is(value, -0))
      .map(String),
  },
  boolean: { type: "boolean", values: fc.boolean().map(String) },
  text: { type: "text", values: text },
  char: { type: "char(12)", values: word },
  uuid: { type: "uuid", values: fc.uuid() },
  bytea: { type: "bytea", values: fc.uint8Array({ maxLength: 40 }).map((bytes) => `\\x${Buffer.from(bytes).toString("hex")}`) },
  date: { type: "date", values: fc.oneof(day, day, endless, beforeChrist, farDay) },
  timestamp: { type: "timestamp", values: fc.oneof(moment, moment, endless, beforeChrist, farDay) },
  timestamptz: { type: "timestamptz", values: fc.oneof(moment, moment, endless, beforeChrist, farDay) },
  time: { type: "time", values: fc.oneof(clock, fc.constant("24:00:00")) },
  timetz: {
    type: "timetz",
    values: fc.tuple(clock, fc.integer({ min: -15, max: 15 })).map(([at, hours]) => `${at}${hours < 0 ? "-" : "+"}${Math.abs(hours)}`),
  },
  interval: {
    type: "interval",
    values: fc
      .tuple(
        integer.map((n) => n >> 8),
        integer.map((n) => n >> 4),
        fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
      )
      .map(([months, days, us]) => `${months} mons ${days} days ${us} us`),
  },
  json: { type: "json", values: json, source: "v::jsonb", back: "v" },
  jsonb: { type: "jsonb", values: json },
  bit: { type: "bit(8)", values: fc.stringMatching(/^[01]{8}$/) },
  varbit: { type: "varbit", values: bits },
  inet: {
    type: "inet",
    values: fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, n]) => `${ip}/${n}`),
    ),
  },
  xml: {
    type: "xml",
    values: text
      .filter((value) => !/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(value))
      .map((value) => `<a>${value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("]]>", "")}</a>`),
  },
  tsvector: {
    type: "tsvector",
    values: fc
      .array(fc.tuple(word, fc.integer({ min: 1, max: 16_383 })), { minLength: 1 })
      .map((list) => list.map(([one, at]) => `${one}:${at}A`).join(" ")),
  },
  int4range: { type: "int4range", values: range(small, (a, b) => a - b) },
  numrange: { type: "numrange", values: range(small, (a, b) => a - b) },
  tstzrange: { type: "tstzrange", values: range(moment, (a, b) => (a < b ? -1 : 1)) },
  int4multirange: {
    type: "int4multirange",
    values: fc.array(range(small, (a, b) => a - b).filter((one) => one !== "empty")).map((list) => `{${list.join(",")}}`),
  },
  mood: { type: "mood", values: fc.constantFrom("sad", 'it\'s "ok"', "ä,b") },
  cents: { type: "cents", values: whole(30n).map((value) => `${value}.25`) },
  place: {
    type: "place",
    values: fc.tuple(text, integer, moment).map(([street, number, at]) => `(${quoted(street)},${number},${at})`),
    back: "jsonb_populate_record(NULL::place, v)",
  },
  hstore: {
    type: "hstore",
    values: fc.dictionary(text, fc.option(text), { minKeys: 1 }).map((pairs) =>
      Object.entries(pairs)
        .map(([key, value]) => `${quoted(key)}=>${value === null ? "NULL" : quoted(value)}`)
        .join(","),
    ),
    back: "(SELECT hstore(array_agg(key), array_agg(value)) FROM jsonb_each_text(v))",
  },
  integers: { type: "int[]", values: array(integer), back: arrayBack("int") },
  texts: { type: "text[]", values: array(text.map(quoted)), back: arrayBack("text") },
  plane: { type: "int[][]", values: nested(2), back: "translate(v::text, '[] ', '{}')::int[]" },
  cube: { type: "int[][][]", values: nested(3), back: "translate(v::text, '[] ', '{}')::int[]" },
};

const rows = 200;

beforeAll(async () => {
  const names = Object.keys(columns);
  const samples = names.map((name) => fc.sample(fc.option((columns[name] as Column).values, { freq: 9 }), { numRuns: rows, seed: 20 }));
  const quote = (value: string | null | undefined): string => (value == null ? "NULL" : `'${value.replaceAll("'", "''")}'`);
  const values = Array.from({ length: rows }, (_, row) => `(${[row, ...samples.map((list) => quote(list[row]))].join(", ")})`);
  await database().read(
    "CREATE SCHEMA source",
    "CREATE SCHEMA copied",
    "CREATE SCHEMA in_files",
    "CREATE SCHEMA from_files",
    `ALTER DATABASE ${database().database} SET search_path = public`,
    "CREATE EXTENSION hstore",
    `CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"', 'ä,b')`,
    "CREATE DOMAIN cents AS numeric(12,2)",
    "CREATE TYPE place AS (street text, number int, at timestamptz)",
    `CREATE TABLE source.r (id int PRIMARY KEY, ${names.map((name) => `"${name}" ${(columns[name] as Column).type}`).join(", ")})`,
    `INSERT INTO source.r VALUES ${values.join(", ")}`,
  );
  await copySchema(database(), "source", "copied");
  await copySchema(database(), "source", "in_files", { rowsPerFile: 7 });
  await copySchema(database(), "source", "from_files", { rowsPerFile: 7, asRecords: true });
});

test.for(Object.entries(columns))("%s", async ([name, { type, source = "v", back = `v::${type}` }]) => {
  const texts = (schema: string, expression: string): Promise<(string | null)[][]> =>
    database().read(
      "SET DateStyle = 'ISO'",
      `SELECT (${expression})::text FROM (SELECT id, "${name}" AS v FROM ${schema}.r) AS r ORDER BY id`,
    );
  const before = await texts("source", source);
  expect(before.filter(([value]) => value !== null).length).toBeGreaterThan(rows / 2);
  for (const schema of ["copied", "in_files", "from_files"])
    expect(await texts(schema, `CASE WHEN v IS NOT NULL THEN ${back} END`)).toEqual(before);
});
