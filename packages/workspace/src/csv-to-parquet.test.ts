/** A CSV file is the same table in Parquet files as in a DuckDB file: the types of its columns, and a checksum over all its values. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, onTestFinished, test } from "vitest";
import { lastJsonLine, pipe, run } from "./command.ts";

const random = seededRandom(31);
const below = (limit: number): number => Math.floor(random() * limit);
const digits = (count: number): string => Array.from({ length: count }, (_, at) => String(at === 0 ? 1 + below(9) : below(10))).join("");
const two = (value: number): string => String(value).padStart(2, "0");
const day = (): string => `${1900 + below(200)}-${two(1 + below(12))}-${two(1 + below(28))}`;
const time = (): string => `${two(below(24))}:${two(below(60))}:${two(below(60))}`;

/** By column: how a cell is made. Each column has empty cells too. */
const usual: Record<string, () => string> = {
  small: () => String(below(1000) - 500),
  big: () => `${below(2) ? "-" : ""}${digits(18)}`,
  huge: () => digits(30),
  price: () => `${below(10_000)}.${two(below(100))}`,
  long: () => `${digits(18)}.${digits(9)}`,
  rate: () => `${(random() * 10 ** below(20)).toExponential(below(8))}`,
  flag: () => (below(2) ? "true" : "false"),
  day,
  at: () => `${day()}T${time()}.${digits(6)}Z`,
  code: () => `0${digits(4)}`,
  text: () => `"a ""b"", é 日本 ${below(100)}\n${"x".repeat(below(30))}"`,
};

function csv(columns: Record<string, (row: number) => string>, rows: number): string {
  const line = (row: number): string => [String(row), ...Object.values(columns).map((cell) => (below(8) === 0 ? "" : cell(row)))].join(",");
  return `${["id", ...Object.keys(columns)].join(",")}\n${Array.from({ length: rows }, (_, row) => line(row)).join("\n")}\n`;
}

/** Loads the file into both. @returns the folder */
async function loadBoth(text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "csv-to-parquet-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "t.csv"), text);
  const settings = {
    tap: { files: [{ entity: "t", path: "t.csv", keys: ["id"] }] },
    parquet: { destination_path: "lake" },
    duckdb: { filepath: "t.duckdb" },
  };
  for (const [name, each] of Object.entries(settings)) writeFileSync(join(folder, `${name}.json`), JSON.stringify(each));
  for (const name of ["parquet", "duckdb"] as const) {
    const ended = await pipe(["tap-csv", "--config", "tap.json"], [`target-${name}`, "--config", `${name}.json`], folder);
    expect({ name, code: ended.code, left: ended.leftCode, error: lastJsonLine(ended.stderr).message }).toEqual({
      name,
      code: 0,
      left: 0,
      error: undefined,
    });
  }
  return folder;
}

async function rowsOf(path: string, ...statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  let rows: unknown[][] = [];
  for (const sql of statements) rows = await (await connection.run(sql)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

const own = "SELECT COLUMNS(c -> NOT starts_with(c, '_sdc_')) FROM";
/** One for each column, in the order of the rows. */
const checksums = (source: string): string =>
  `SELECT count(*)::VARCHAR, md5(string_agg(coalesce(COLUMNS(c -> c <> 'id')::VARCHAR, 'NULL'), '|' ORDER BY id)) FROM (${own} ${source})`;

const listed = (folder: string): string[] =>
  JSON.parse(readFileSync(join(folder, "lake/_tapline_manifest.json"), "utf8")).streams[0].files.map(({ path }: { path: string }) => path);

test("CSV -> Parquet -> DuckDB is CSV -> DuckDB: types and checksums of all columns", async () => {
  const folder = await loadBoth(csv(usual, 6000));
  const source = `read_parquet([${listed(folder)
    .map((path) => `'${join(folder, "lake", path)}'`)
    .join(", ")}])`;
  const database = join(folder, "t.duckdb");
  const types = (from: string): string => `SELECT column_name, column_type FROM (DESCRIBE ${own} ${from})`;
  expect(await rowsOf(":memory:", "SET TimeZone = 'UTC'", types(source))).toEqual(await rowsOf(database, types("t")));
  const sums = await rowsOf(":memory:", "SET TimeZone = 'UTC'", checksums(source));
  expect(sums[0]).toHaveLength(1 + Object.keys(usual).length);
  expect(sums[0]?.[0]).toBe("6000");
  expect(sums).toEqual(await rowsOf(database, "SET TimeZone = 'UTC'", checksums("t")));
});

test("a column of numbers that outgrows a double is of the same type and the same digits in both, through the manifest", async () => {
  const outgrowing = { n: (row: number) => (row < 5000 ? `${below(100)}.5e${below(3)}` : `${digits(18)}.5`) };
  const folder = await loadBoth(csv(outgrowing, 5050));
  const sql = checksums("t");
  const cells = async (text: string): Promise<unknown> => {
    writeFileSync(join(folder, "query.json"), JSON.stringify({ sql: text }));
    const { stdout } = await run("target-parquet", ["--config", "parquet.json", "--query", "query.json"], { cwd: folder });
    return JSON.parse(stdout.split("\n")[1] ?? "");
  };
  const database = join(folder, "t.duckdb");
  const [type] = await rowsOf(database, "SELECT typeof(n) FROM t LIMIT 1");
  expect(type).toEqual(["DECIMAL(38,1)"]);
  expect(await cells("SELECT typeof(n) FROM t LIMIT 1")).toEqual(type);
  expect(await cells(sql)).toEqual((await rowsOf(database, sql))[0]);
});
