/**
 * Objects in S3, of moto, a service in this machine's memory, read by DuckDB's extension httpfs from a package of PyPI: listed, read once,
 * and read again where they changed. moto takes any key, and has none of the limits of AWS.
 * Covers: plugins/tap-duckdb/src, plugins/tap-duckdb/long/duckdb-s3.test.ts, packages/duckdb/src
 */
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { type Moto, startMoto } from "@tapline/testing/moto";
import { pythonProgram } from "@tapline/testing/python";
import { numbers } from "@tapline/testing/tap-run";
import { afterAll, beforeAll, expect, test } from "vitest";
import { discoverCatalog, runTap } from "../test/tap-run.ts";

const environmentOf = (name: string) => fileURLToPath(new URL(`../../../.cache/venv/${name}`, import.meta.url));
const environment = environmentOf("httpfs");

let moto: Moto;
let httpfs: string;

beforeAll(async () => {
  // pip is the program that is there in any case.
  pythonProgram(environment, ["duckdb-extension-httpfs==1.5.5"], "pip");
  httpfs = globSync("lib/python*/site-packages/duckdb_extension_httpfs/extensions/v1.5.5/httpfs.duckdb_extension", {
    cwd: environment,
  }).map((path) => `${environment}/${path}`)[0] as string;
  moto = await startMoto(environmentOf("moto"));
  await fetch(`${moto.endpoint}/lake`, { method: "PUT" });
}, 300_000);
afterAll(() => moto?.[Symbol.asyncDispose]());

/** Writes objects with DuckDB. */
async function write(...statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const secret = `CREATE SECRET s (TYPE s3, KEY_ID 'k', SECRET 's', REGION 'us-east-1', ENDPOINT '${new URL(moto.endpoint).host}', URL_STYLE 'path', USE_SSL false)`;
    for (const sql of [`LOAD '${httpfs}'`, secret, ...statements]) await connection.run(sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const config = (path: string | string[], more = {}) => ({
  files: [{ entity: "t", path, keys: ["id"] }],
  extensions: [httpfs],
  endpoint: moto.endpoint,
  aws_access_key_id: "k",
  aws_secret_access_key: "s",
  add_metadata_columns: true,
  ...more,
});

test("objects of a prefix and of a pattern are read once; a later run reads new and changed ones", async () => {
  await write(
    "COPY (SELECT 1 AS id, 1.5::decimal(30,20) AS n) TO 's3://lake/in/a.parquet'",
    "COPY (SELECT 2 AS id, 2::decimal(30,20) AS n) TO 's3://lake/in/b[1].parquet'",
    "COPY (SELECT 3 AS id) TO 's3://lake/in/deep/c.jsonl' (FORMAT json)",
  );
  const settings = config(["s3://lake/in/", "s3://lake/in/**/*.jsonl"]);
  const first = await runTap(settings);
  expect(first.thrown).toBeUndefined();
  expect(first.rows("t").map(({ _sdc_source_file, id }) => [_sdc_source_file, Number(id)])).toEqual([
    ["s3://lake/in/a.parquet", 1],
    ["s3://lake/in/b[1].parquet", 2],
    ["s3://lake/in/deep/c.jsonl", 3],
  ]);
  expect((await runTap(settings, { state: first.state })).rows("t")).toEqual([]);
  await write(
    "COPY (SELECT unnest([1, 11]) AS id, 1::decimal(30,20) AS n) TO 's3://lake/in/a.parquet'",
    "COPY (SELECT 4 AS id, 4::decimal(30,20) AS n) TO 's3://lake/in/d.parquet'",
  );
  const later = await runTap(settings, { state: first.state });
  expect(numbers(later.rows("t"))).toEqual([1, 4, 11]);
});

test("what is not there, and keys that are refused or not known, are named", async () => {
  await expect(discoverCatalog(config("s3://lake/none/*.parquet"))).rejects.toMatchObject({ code: "pattern_without_files" });
  await expect(discoverCatalog(config("s3://lake/none.parquet"))).rejects.toMatchObject({
    message: expect.stringContaining("s3://lake/none.parquet"),
  });
  await expect(discoverCatalog(config("s3://nobucket/a.parquet"))).rejects.toMatchObject({
    message: expect.stringContaining("s3://nobucket/a.parquet"),
  });
});
