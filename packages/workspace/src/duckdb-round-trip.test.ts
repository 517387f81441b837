/**
 * tap-duckdb and target-duckdb are each other's inverse: a table of any type, and a Parquet file, that goes through both has the same values.
 * The checksum is over the text that DuckDB writes of each value, cast back to the type of the source where the target chose another one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { checkConfig, extract, load, type Static } from "@tapline/sdk";
import tap from "@tapline/tap-duckdb";
import target from "@tapline/target-duckdb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface RoundTrip {
  type: string;
  /** Values as SQL writes them. NULL is added to all. */
  values: readonly string[];
  /** The column of the target, `v`, as a value of the source's type. Default: a cast. */
  back?: string;
  /** Parquet has no such type. */
  isNoParquet?: boolean;
}

const text = (...values: string[]): string[] => values.map((value) => `'${value.replaceAll("'", "''")}'`);

const table: readonly RoundTrip[] = [
  { type: "BOOLEAN", values: ["true", "false"] },
  { type: "TINYINT", values: ["-128", "127"] },
  { type: "SMALLINT", values: ["-32768", "32767"] },
  { type: "INTEGER", values: ["-2147483648", "0"] },
  { type: "BIGINT", values: ["-9223372036854775808", "9223372036854775807", "9007199254740993"] },
  { type: "UTINYINT", values: ["255"] },
  { type: "USMALLINT", values: ["65535"] },
  { type: "UINTEGER", values: ["4294967295"] },
  { type: "UBIGINT", values: ["0", "18446744073709551615"] },
  { type: "HUGEINT", values: ["-170141183460469231731687303715884105728", "170141183460469231731687303715884105727"], isNoParquet: true },
  { type: "UHUGEINT", values: ["340282366920938463463374607431768211455", "1"], isNoParquet: true },
  { type: "BIGNUM", values: [`'${"9".repeat(200)}'`, "'-1'"], isNoParquet: true },
  { type: "DECIMAL(4,2)", values: ["99.99", "-0.01", "0"] },
  { type: "DECIMAL(18,18)", values: ["0.123456789012345678", "-0.5"] },
  { type: "DECIMAL(38,10)", values: ["1234567890123456789012345678.0123456789"] },
  { type: "DECIMAL(38,0)", values: ["99999999999999999999999999999999999999"] },
  { type: "FLOAT", values: ["0.1", "3.4028235e38", "1e-45", "'nan'", "'-inf'", "'-0'"] },
  { type: "DOUBLE", values: ["0.1", "1e300", "5e-324", "0.30000000000000004", "'nan'", "'inf'", "'-inf'"] },
  {
    type: "VARCHAR",
    values: [
      ...text("", " ", "null", 'a "b" \\ c', "Zürich 日本語 👩‍👩‍👧"),
      "chr(10) || chr(13) || chr(9) || chr(1) || chr(127) || chr(8232)",
    ],
  },
  { type: "ENUM('sad', 'it''s \"ok\"')", values: text("sad", 'it\'s "ok"') },
  { type: "UUID", values: text("f47ac10b-58cc-4372-a567-0e02b2c3d479") },
  { type: "BLOB", values: ["''", "'\\x00\\xFF\\x01'", "repeat('ab', 100)::BLOB"] },
  { type: "BIT", values: text("0", "0101010101"), isNoParquet: true },
  { type: "DATE", values: text("0001-01-01", "2024-02-29", "9999-12-31") },
  { type: "DATE", values: text("2024-02-29", "infinity", "-infinity", "0044-03-15 (BC)", "10000-01-01") },
  { type: "TIME", values: text("00:00:00", "23:59:59.999999", "24:00:00") },
  { type: "TIME_NS", values: text("23:59:59.123456789"), isNoParquet: true },
  { type: "TIMETZ", values: text("12:00:00+02", "23:59:59.5-11:30"), isNoParquet: true },
  {
    type: "TIMESTAMP",
    values: text("0001-01-01 00:00:00", "2024-02-29 23:59:59.123456", "9999-12-31 23:59:59.999999"),
    back: "v AT TIME ZONE 'UTC'",
  },
  { type: "TIMESTAMP", values: text("infinity", "-infinity", "0044-03-15 (BC) 12:00:00", "12000-01-01 00:00:00.5") },
  { type: "TIMESTAMP_S", values: text("2024-02-29 23:59:59"), back: "CAST(v AT TIME ZONE 'UTC' AS TIMESTAMP_S)" },
  { type: "TIMESTAMP_S", values: text("infinity"), isNoParquet: true },
  { type: "TIMESTAMP_MS", values: text("2024-02-29 23:59:59.123"), back: "CAST(v AT TIME ZONE 'UTC' AS TIMESTAMP_MS)" },
  {
    type: "TIMESTAMP_NS",
    values: text("2024-02-29 23:59:59.123456", "1677-09-22 00:00:00"),
    back: "CAST(v AT TIME ZONE 'UTC' AS TIMESTAMP_NS)",
  },
  { type: "TIMESTAMP_NS", values: text("2024-02-29 23:59:59.123456789", "1677-09-22 00:00:00") },
  { type: "TIMESTAMP_NS", values: text("infinity", "2024-02-29 23:59:59.123456789") },
  { type: "TIMESTAMPTZ", values: text("2024-02-29 23:59:59.123456+02", "1970-01-01 00:00:00+00") },
  { type: "TIMESTAMPTZ", values: text("infinity", "0044-03-15 (BC) 12:00:00+01", "10000-01-01 00:00:00+00") },
  { type: "INTERVAL", values: text("1 year 2 months -3 days 04:05:06.789", "-1 day", "0 days"), isNoParquet: true },
  { type: "INTERVAL", values: text("1 year 2 months 3 days 04:05:06.789") },
  { type: "JSON", values: text('{"a":1,"b":[1.5,"xé\\n"]}', '"x"', "[]", "12345678901234567890.1", "true") },
  { type: "INTEGER[]", values: ["[1, NULL, 3]", "[]"] },
  { type: "VARCHAR[][]", values: ["[['a \"b\"', ''], NULL, [], ['c,{}\\']]"] },
  { type: "DOUBLE[]", values: ["['nan'::DOUBLE, 1e300, '-inf'::DOUBLE]"] },
  {
    type: "DECIMAL(38,10)[]",
    values: ["[1234567890123456789012345678.0123456789]"],
    back: "CAST(v AS VARCHAR)",
  },
  { type: "TIMESTAMPTZ[]", values: ["['2024-01-01 00:00:00+00'::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ]"] },
  { type: "INTEGER[3]", values: ["[1, NULL, 3]"], isNoParquet: true },
  {
    type: 'STRUCT("a b" DATE, t TIMESTAMP, s STRUCT(x BLOB[]))',
    values: ["{'a b': '2024-01-01', 't': '2024-01-01 10:00:00', 's': {'x': ['\\xFF'::BLOB]}}"],
    back: "v",
  },
  { type: "MAP(INTEGER, DOUBLE)", values: ["map {1: 1.5, 2: NULL}", "map {}"] },
  { type: "UNION(num INTEGER, str VARCHAR)", values: ["7", "'7'"], back: "coalesce(v ->> 'num', v ->> 'str')", isNoParquet: true },
  { type: "VARIANT", values: ["{'a': [1, 2]}::VARIANT", "'x'::VARIANT"], back: "v::JSON", isNoParquet: true },
];

const folder = mkdtempSync(join(tmpdir(), "duckdb-round-trip-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [source, copied] = [join(folder, "source.duckdb"), join(folder, "copied.duckdb")];

async function duckdb(path: string, ...statements: readonly string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path, { storage_compatibility_version: "latest" });
  const connection = await instance.connect();
  try {
    let rows: unknown[][] = [];
    for (const sql of ["SET TimeZone = 'UTC'", ...statements]) rows = (await connection.runAndReadAll(sql)).getRowsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function copy(from: Record<string, unknown>, schema: string): Promise<string[]> {
  const warnings: string[] = [];
  const log = (level: string, message: string) => void (level === "warning" && warnings.push(message));
  const config = checkConfig<Static<typeof tap.config>>(tap.name, tap.config, from).config;
  const settings = checkConfig<Parameters<typeof load>[1]>(target.name, target.config, {
    filepath: copied,
    default_target_schema: schema,
    add_record_metadata: false,
  }).config;
  for await (const _ of load(target, settings, copies(extract(tap, config, { log })))) {
  }
  return warnings;
}

/** The tap writes into the same buffer again, and the target keeps what it gets: between them is a pipe, which copies. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of pieces) yield Uint8Array.from(bytes);
}

const checksum = (name: string, value: string): string =>
  `SELECT count(*), count(v), string_agg(id || ':' || coalesce(CAST(${value} AS VARCHAR), 'NULL'), '|' ORDER BY id) FROM ${name}`;

const parquets = table.flatMap((one, i) => (one.isNoParquet === true ? [] : [[one.type, i] as const]));

beforeAll(async () => {
  const statements = table.flatMap(({ type, values }, i) => [
    `CREATE TABLE t${i} (id INTEGER, v ${type})`,
    ...["NULL", ...values].map((value, id) => `INSERT INTO t${i} VALUES (${id}, ${value})`),
  ]);
  await duckdb(source, ...statements, ...parquets.map(([, i]) => `COPY t${i} TO '${folder}/t${i}.parquet'`));
  expect(await copy({ filepath: source }, "tables")).toEqual([]);
  const files = parquets.map(([, i]) => ({ entity: `t${i}`, path: join(folder, `t${i}.parquet`) }));
  expect(await copy({ files }, "files")).toEqual([]);
});

/** For a value that becomes JSON, both sides as JSON. */
const isJson = (back: string): boolean => back === "v";

describe("a table of the type", () => {
  test.for(table.map((each, i) => [each.type, i] as const))("%s is the same table (%i)", async ([type, i]) => {
    const { back = `CAST(v AS ${type})`, values } = table[i] as RoundTrip;
    const [before] = await duckdb(source, checksum(`t${i}`, type === "VARIANT" ? "CASE WHEN v IS NOT NULL THEN v::JSON END" : "v"));
    const [after] = await duckdb(copied, checksum(`tables.t${i}`, back));
    if (!isJson(back)) expect(after).toEqual(before);
    expect(Number(after?.[1])).toBe(values.length);
  });
});

describe("a Parquet file with the type", () => {
  test.for(parquets)("%s is the same table (%i)", async ([type, i]) => {
    const { back = `CAST(v AS ${type})`, values } = table[i] as RoundTrip;
    const [before] = await duckdb(source, checksum(`t${i}`, "v"));
    const [after] = await duckdb(copied, checksum(`files.t${i}`, back));
    if (!isJson(back)) expect(after).toEqual(before);
    expect(Number(after?.[1])).toBe(values.length);
  });
});
