import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { temporaryFolder } from "../test/database.ts";
import { insertThreads } from "./insert-threads.ts";

test("a large insert has one thread, a small one what there is, and other statements have all", async () => {
  const instance = await DuckDBInstance.create(join(temporaryFolder(), "w.duckdb"), { threads: "3" });
  const [loading, aside] = [await instance.connect(), await instance.connect()];
  const threads = async (): Promise<unknown> => (await (await loading.run("SELECT current_setting('threads')::INTEGER")).getRows())[0]?.[0];
  const inserting = await insertThreads(aside);
  await loading.run("BEGIN");
  await inserting.beforeInsert(1000);
  expect(await threads()).toBe(3);
  await inserting.beforeInsert(10_000_000);
  expect(await threads()).toBe(1);
  await inserting.beforeInsert(1000);
  expect(await threads()).toBe(1);
  await expect(loading.run("SELECT error('broken')")).rejects.toThrow("broken");
  // The transaction is lost and the setting is not.
  await inserting.beforeOther();
  await loading.run("ROLLBACK");
  expect(await threads()).toBe(3);
  for (const connection of [loading, aside]) connection.closeSync();
  instance.closeSync();
});
