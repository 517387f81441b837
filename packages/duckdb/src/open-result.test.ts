import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { openResult } from "./open-result.ts";

async function countRows(sql: string, most = Number.POSITIVE_INFINITY) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("CREATE TABLE t AS SELECT n FROM range(500000) AS r(n)");
  const read = async (): Promise<number> => {
    const opened = await openResult(connection, { stream: () => connection.stream(sql), again: () => connection.run(sql) });
    let rows = 0;
    for (let chunk = await opened.next(); chunk !== null && rows < most; chunk = await opened.next()) rows += chunk.rowCount;
    return rows;
  };
  return { read, connection };
}

test("a result that fails in the middle is an error with its reason, and the connection works on", async () => {
  const { read, connection } = await countRows("SELECT CASE WHEN n = 300000 THEN error('boom') ELSE 'a' || n END FROM t");
  await expect(read()).rejects.toThrow("boom");
  await connection.run("SELECT 1");
  await expect(read()).rejects.toThrow("boom");
});

test("a whole result has all rows, also after one that was left in the middle", async () => {
  const all = await countRows("SELECT 'a' || n FROM t");
  expect(await all.read()).toBe(500_000);
  const part = await countRows("SELECT 'a' || n FROM t", 10);
  expect(await part.read()).toBeLessThan(500_000);
  expect(await part.read()).toBeLessThan(500_000);
});

test("the rows of a chunk are freed when the next one is asked for", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const sql = "SELECT repeat('x', 8000) FROM range(60000)";
  const opened = await openResult(connection, { stream: () => connection.stream(sql), again: () => connection.run(sql) });
  const [first, second] = [await opened.next(), await opened.next()];
  expect([first?.rowCount, second?.rowCount]).toEqual([0, 2048]);
  const before = process.memoryUsage.rss();
  let most = 0;
  while ((await opened.next()) !== null) most = Math.max(most, process.memoryUsage.rss() - before);
  // All rows are 480 MB.
  expect(most / 1e6).toBeLessThan(250);
});
