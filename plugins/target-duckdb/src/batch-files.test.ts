/** BATCH files of other programs: DuckDB writes them, this target reads them as records, and the tables are equal. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { checkConfig, type JsonSchema, load, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import { expect, test } from "vitest";
import { read, temporaryFolder } from "../test/database.ts";
import target from "./index.ts";

const nullable = (type: string, more: object = {}): JsonSchema => ({ type: ["null", type], ...more });

/** By column: what DuckDB writes, and the schema that a tap would declare. */
const columns: Record<string, [sql: string, schema: JsonSchema]> = {
  id: ["i::BIGINT", nullable("integer")],
  big: ["CASE WHEN i % 3 = 0 THEN 9223372036854775807 - i ELSE NULL END::BIGINT", nullable("integer")],
  small: ["(i % 100)::TINYINT", nullable("integer")],
  unsigned: ["18446744073709551615::UBIGINT", nullable("integer")],
  price: ["(i::DECIMAL(9,2) / 4)::DECIMAL(9,2) - 3", nullable("number", { multipleOf: 0.01 })],
  long: ["12345678901234.5678::DECIMAL(18,4) + i", nullable("number", { multipleOf: 0.0001 })],
  huge: ["'-12345678901234567890123456789.012345678'::DECIMAL(38,9)", nullable("number", { multipleOf: 1e-9 })],
  ratio: ["i / 7", nullable("number")],
  ok: ["i % 2 = 0", nullable("boolean")],
  name: ["CASE i % 4 WHEN 0 THEN '' WHEN 1 THEN NULL WHEN 2 THEN 'é\"\\\n' || i ELSE 'plain' END", nullable("string")],
  day: ["DATE '1969-12-30' + (i % 700)::INT", nullable("string", { format: "date" })],
  at: ["TIMESTAMPTZ '1969-12-31 23:59:58.5+00' + INTERVAL (i * 1000001) MICROSECOND", nullable("string", { format: "date-time" })],
  clock: ["TIME '01:02:03.000004'", nullable("string", { format: "time" })],
  list: ["[i, NULL, 3]", nullable("array")],
  nested: ["{'a': i, 'b': ['x', NULL], 'c': {'d': 1.25::DECIMAL(4,2)}}", nullable("object")],
};

const rows = 3000;
const select = `SELECT ${Object.entries(columns)
  .map(([name, [sql]]) => `${sql} AS "${name}"`)
  .join(", ")} FROM range(${rows}) t(i)`;

test.each(["snappy", "gzip", "zstd"])("a Parquet file with the codec %s arrives exactly", async (codec) => {
  const folder = temporaryFolder();
  const [file, expected, filepath] = [join(folder, "rows.parquet.gz"), join(folder, "expected.duckdb"), join(folder, "loaded.duckdb")];
  const instance = await DuckDBInstance.create(expected);
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet, CODEC '${codec}', ROW_GROUP_SIZE 2048)`);
  const facts = async (source: string) => (await connection.runAndReadAll(factsOf(source))).getRows().map((row) => row.map(String));
  const wanted = await facts(`read_parquet('${file}')`);
  connection.closeSync();
  instance.closeSync();

  const properties = Object.fromEntries(Object.entries(columns).map(([name, [, schema]]) => [name, schema]));
  const messages = [
    { type: "SCHEMA", stream: "rows", schema: { type: "object", properties }, key_properties: ["id"] },
    {
      type: "BATCH",
      stream: "rows",
      encoding: { format: "parquet", compression: "gzip" },
      manifest: [pathToFileURL(file).href],
      files: [{ rows }],
    },
    { type: "STATE", value: { done: true } },
  ];
  const given = { filepath, batch_inputs: [folder], add_record_metadata: false };
  const config = checkConfig<TargetSettings & { filepath: string }>("target-duckdb", withTargetSettings(target.config), given).config;
  const input = async function* () {
    yield Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
  };
  const states: unknown[] = [];
  for await (const state of load(target as unknown as Target, config, input())) states.push(state);
  expect(states).toEqual([{ done: true }]);
  expect((await read(filepath, factsOf("rows"))).map((row) => row.map(String))).toEqual(wanted);
});

/** A row for each hundredth id with every value as text, and a digest of all. */
function factsOf(source: string): string {
  const text = (name: string): string => (name === "list" || name === "nested" ? `to_json("${name}")::VARCHAR` : `"${name}"::VARCHAR`);
  const row = Object.keys(columns).map((name) => (name === "at" ? `epoch_us("at")::VARCHAR` : text(name)));
  return `SELECT ${row.join(", ")} FROM ${source} WHERE id % 100 < 7 ORDER BY id`;
}
