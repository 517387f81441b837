/** Replays of rows that the database refused, and replays at the same time. */
import { checkConfig, replayRejects, type Target, type TargetSettings, withTargetSettings } from "@tapline/sdk";
import { type TestDatabase, testDatabase } from "@tapline/testing/postgres";
import { expect, test } from "vitest";
import { pipe, record, schema } from "../test/pipe.ts";
import { settings } from "../test/rows.ts";
import target from "./index.ts";

const reject = { on_error: "reject" };

function replay(database: TestDatabase, more: Record<string, unknown> = {}) {
  const known = withTargetSettings(target.config, target.loadMethods);
  const { config } = checkConfig<TargetSettings>(target.name, known, { ...settings(database), ...more });
  return replayRejects(target as unknown as Target, config, {});
}

test("a row that refers to another one is loaded once that is there, with its own metadata", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE boss (id bigint PRIMARY KEY)",
    "CREATE TABLE s (id bigint PRIMARY KEY, boss_id bigint REFERENCES boss, n numeric)",
  );
  const properties = { id: { type: "integer" }, bossId: { type: "integer" }, n: { type: "number" } };
  const spelled = { column_names: "snake_case" };
  await pipe(database, [schema(properties, ["id"]), record({ id: 1, bossId: 7, n: 0.5 })], { ...reject, ...spelled });
  expect(await replay(database, spelled)).toMatchObject([{ inserted: 0, refused: 1 }]);
  const [[sequence] = []] = await database.read("SELECT metadata::json->>'_sdc_sequence' FROM s__rejects");
  await database.read("INSERT INTO boss VALUES (7)");
  expect(await replay(database, spelled)).toMatchObject([{ inserted: 1, refused: 0 }]);
  expect(await database.read("SELECT id, boss_id, n, _sdc_sequence FROM s")).toEqual([["1", "7", "0.5", sequence]]);
  expect(await database.read("SELECT * FROM s__rejects")).toEqual([]);
  const [[columns] = []] = await database.read(
    "SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 's'",
  );
  expect(columns?.split(" ")).not.toContain("_sdc_extra");
});

test("a flattened row that the table refuses is kept in its nested form, and flattened again", async () => {
  const database = await testDatabase();
  await database.read(
    "CREATE TABLE boss (id bigint PRIMARY KEY)",
    "CREATE TABLE s (id bigint PRIMARY KEY, boss__id bigint REFERENCES boss)",
  );
  const boss = {
    type: "object",
    properties: { id: { type: "integer" }, names: { type: ["null", "object"], properties: { first: { type: "string" } } } },
  };
  const flattened = { ...reject, flattening_enabled: true, flattening_max_depth: 2, load_method: "upsert" };
  const closed = {
    ...schema({ id: { type: "integer" }, boss }, ["id"]),
    schema: { properties: { id: { type: "integer" }, boss }, required: ["boss"], additionalProperties: false },
  };
  await pipe(database, [closed, record({ id: 1, boss: { id: 7, names: { first: "a" } } })], flattened);
  const [[kept] = []] = await database.read("SELECT record FROM s__rejects");
  expect(JSON.parse(String(kept))).toEqual({ id: 1, boss: { id: 7, names: { first: "a" } } });
  await database.read("INSERT INTO boss VALUES (7)");
  expect(await replay(database, flattened)).toMatchObject([{ inserted: 1, refused: 0 }]);
  expect(await database.read("SELECT id, boss__id, boss__names__first FROM s")).toEqual([["1", "7", "a"]]);
});

test("of two replays at the same time, one loads each row, and the other changes nothing or finds nothing", async () => {
  const database = await testDatabase();
  const rows = Array.from({ length: 200 }, (_, id) => record({ id, v: "too long" }));
  await pipe(database, [schema({ id: { type: "integer" }, v: { type: "string", maxLength: 3 } }), ...rows], reject);
  const both = await Promise.allSettled([replay(database, { validate_records: false }), replay(database, { validate_records: false })]);
  const loaded = both.flatMap((each) => (each.status === "fulfilled" ? each.value : [])).reduce((sum, { inserted }) => sum + inserted, 0);
  expect(loaded).toBe(200);
  expect(await database.read("SELECT count(*), count(DISTINCT id) FROM s")).toEqual([["200", "200"]]);
  for (const each of both) if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "rejects_changed" });
});
