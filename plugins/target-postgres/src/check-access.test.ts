/** `--test` of target-postgres: it finds what a load would meet, and leaves nothing. */
import { suiteDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { failure, settings } from "../test/rows.ts";
import type { Config } from "./config.ts";
import target from "./index.ts";

const database = suiteDatabase();
const tested = (config: Partial<Config> = {}): Promise<readonly string[]> =>
  target.test?.({ ...settings(database()), ...config } as never) ?? Promise.reject(new Error("no test"));

const left = (): Promise<(string | null)[][]> =>
  database().read(
    "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'new%' UNION ALL SELECT relname FROM pg_class WHERE relname LIKE '\\_tapline%'",
  );

test("a role that may load gets a list of what was checked, and nothing is left", async () => {
  const sentences = await tested({ default_target_schema: "new_schema" });
  expect(sentences[0]).toMatch(/^Connected to PostgreSQL \d+\.\d+: test_\S+ on \S+:\d+\.$/);
  expect(sentences.slice(1)).toEqual([
    "Tables can be created in schema new_schema.",
    "The ledger new_schema._tapline_loads, for appends exactly once, can be kept.",
  ]);
  expect(await left()).toEqual([]);
});

test("a role without a right is an error with the right that is missing", async () => {
  const { read, database: name } = database();
  await read("CREATE ROLE reader LOGIN PASSWORD 'reader'", "CREATE SCHEMA closed", "GRANT USAGE ON SCHEMA closed TO reader");
  const role = { user: "reader", password: "reader" };
  expect(await failure(() => tested({ ...role, default_target_schema: "closed" }))).toMatchObject({
    code: "permission_denied",
    class: "config",
  });
  expect((await failure(() => tested({ ...role, default_target_schema: "new_schema" }))).message).toContain(
    "permission denied for database",
  );
  await read("GRANT CREATE ON SCHEMA closed TO reader", `REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
  expect((await failure(() => tested({ ...role, default_target_schema: "closed" }))).message).toContain("temporary tables");
  await read(
    `GRANT TEMPORARY ON DATABASE ${name} TO PUBLIC`,
    "CREATE TABLE closed._tapline_loads (state_id text PRIMARY KEY, run_id text)",
  );
  const sentences = await tested({ ...role, default_target_schema: "closed" });
  expect(sentences[2]).toMatch(/^The ledger closed\._tapline_loads can't be kept, so appends are at least once: Not allowed/);
  expect(await failure(() => tested({ ...role, default_target_schema: "closed", exactly_once: "require" }))).toMatchObject({
    code: "permission_denied",
  });
  await read("DROP SCHEMA closed CASCADE", "DROP ROLE reader");
});

test("a wrong password, database or server is the error of a load", async () => {
  expect((await failure(() => tested({ database: "missing" }))).code).toBe("database_missing");
  expect((await failure(() => tested({ user: "nobody", password: "wrong" }))).code).toMatch(/password_refused|access_refused/);
});
