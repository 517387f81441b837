import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/database.ts";
import { cacheTrimmer } from "./cache-trimmer.ts";

test("blocks that were written leave the cache, rows of the open transaction stay, the limit is as before", async () => {
  const instance = await DuckDBInstance.create(join(temporaryFolder(), "w.duckdb"), { memory_limit: "400MB" });
  const connection = await instance.connect();
  const query = async (sql: string) => (await (await connection.run(sql)).getRows())[0] as unknown[];
  const cached = async () => Number((await query("SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'BASE_TABLE'"))[0]);
  const aside = await instance.connect();
  const trimmer = cacheTrimmer(aside, "400MB");
  await connection.run("CREATE TABLE t (a VARCHAR, b VARCHAR)");
  await connection.run("BEGIN");
  await connection.run("INSERT INTO t SELECT md5(i::VARCHAR), md5((i + 1)::VARCHAR) FROM range(1000000) AS r(i)");
  const before = await cached();
  await trimmer.wrote(1);
  expect(await cached()).toBe(before);
  await trimmer.wrote(64 << 20);
  expect(before).toBeGreaterThan(20_000_000);
  expect(await cached()).toBeLessThan(before / 2);
  expect(await query("SELECT current_setting('memory_limit')")).toEqual(["381.4 MiB"]);
  expect(await query("SELECT count(*)::INT, count(DISTINCT a)::INT FROM t")).toEqual([1_000_000, 1_000_000]);
  await connection.run("COMMIT");
  aside.closeSync();
  connection.closeSync();
  instance.closeSync();
});
