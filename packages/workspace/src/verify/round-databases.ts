/** The databases of the rounds, for the tests of a file: made before them and dropped after them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suiteDatabase } from "@tapline/testing/postgres";
import { afterAll, beforeAll } from "vitest";
import { makeBase, type RoundDatabases } from "./rounds.ts";

export function roundDatabases(): () => RoundDatabases {
  const postgres = suiteDatabase();
  let made: RoundDatabases | undefined;
  const folder = mkdtempSync(join(tmpdir(), "verify-rounds-"));
  beforeAll(async () => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:");
    const [duckdb, second] = [await instance.connect(), await instance.connect()];
    for (const connection of [duckdb, second]) await connection.run("SET TimeZone = 'UTC'");
    made = { postgres: postgres(), duckdb, second, folder };
    await makeBase(made);
  });
  afterAll(() => {
    made?.second.closeSync();
    made?.duckdb.closeSync();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => made as RoundDatabases;
}
