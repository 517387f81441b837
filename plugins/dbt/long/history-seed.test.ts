/**
 * Moving from an upserted table with a dbt snapshot to a log with a history: the versions of the snapshot come first, then those of the
 * log; deletes by ACTIVATE_VERSION and rows that come back are versions.
 * Covers: plugins/dbt/src/generate, plugins/dbt/long/history-seed.test.ts, plugins/dbt/test/warehouse.ts
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { adapters, schemaMessage, type TestStream, type Warehouse, warehouse } from "../test/warehouse.ts";

const parts: TestStream = {
  name: "parts",
  keys: ["Part No"],
  properties: { "Part No": { type: "integer" }, Price: { type: ["null", "number"], multipleOf: 0.01 }, Note: { type: ["null", "string"] } },
};
const snapshot = {
  version: 2,
  snapshots: [
    {
      name: "parts_snapshot",
      relation: "ref('stg_parts')",
      config: { unique_key: "part_no", strategy: "timestamp", updated_at: "_sdc_batched_at", hard_deletes: "invalidate" },
    },
  ],
};

test.each(adapters)("a history on %s starts with a snapshot and continues from the log", async (adapter) => {
  const place = await warehouse(adapter);
  mkdirSync(join(place.project, "snapshots"));
  writeFileSync(join(place.project, "snapshots/parts.yml"), JSON.stringify(snapshot));
  place.generate([{ ...parts, loadMethod: "upsert" }], false);
  await upsert(place, 1, { 1: "a", 2: "b", 3: "c" });
  await place.dbtDone("build");
  await upsert(place, 2, { 1: "a2", 2: "b" });
  await place.dbtDone("build");
  const seen = await place.read(
    `SELECT part_no, ${place.micros("min(dbt_valid_from)")}, max(${place.micros("dbt_valid_to")}) FROM parts_snapshot GROUP BY part_no ORDER BY part_no`,
  );

  // From here on the same table is a log that starts with the existing rows. In PostgreSQL it has a key, which a log can't have.
  if (adapter === "postgres") await place.run(["ALTER TABLE parts DROP CONSTRAINT parts_pkey"]);
  expect(place.generate([parts]).kept).toEqual([]);
  const project = { name: "test", version: "1.0.0", profile: "test", vars: { tapline_history_seeds: { parts_history: "parts_snapshot" } } };
  writeFileSync(join(place.project, "dbt_project.yml"), JSON.stringify(project));
  const select = ["--select", "parts_history", "stg_parts"];
  await place.dbtDone("build", ...select);
  await append(place, 3, { 1: "a2", 2: "b", 4: "d" });
  await append(place, 4, { 1: null, 4: "d" });
  await place.dbtDone("build", ...select);
  await append(place, 5, { 1: null, 2: "b", 4: "d2" });
  await place.dbtDone("build", ...select);

  const versions = await place.read(
    "SELECT part_no, note, cast(is_deleted as varchar), cast(is_current as varchar) FROM parts_history ORDER BY part_no, valid_from",
  );
  expect(versions).toEqual([
    ["1", "a", "false", "false"],
    ["1", "a2", "false", "false"],
    ["1", null, "false", "true"],
    ["2", "b", "false", "false"],
    ["2", null, "true", "false"],
    ["2", "b", "false", "true"],
    ["3", "c", "false", "false"],
    ["3", null, "true", "true"],
    ["4", "d", "false", "false"],
    ["4", "d2", "false", "true"],
  ]);
  const begins = await place.read(
    `SELECT part_no, ${place.micros("min(valid_from)")} FROM parts_history WHERE part_no <= 3 GROUP BY part_no ORDER BY part_no`,
  );
  expect(begins).toEqual(seen.map(([part, from]) => [part, from]));
  const ends = await place.read(`SELECT ${place.micros("valid_from")} FROM parts_history WHERE part_no = 3 AND is_deleted`);
  expect(ends).toEqual([[seen[2]?.[2]]]);
  // Staging has the current rows: a log reads like an upserted table.
  expect(await place.read("SELECT part_no, note FROM stg_parts ORDER BY part_no")).toEqual([
    ["1", null],
    ["2", "b"],
    ["4", "d2"],
  ]);

  const whole = "SELECT * FROM parts_history ORDER BY part_no, valid_from";
  const before = await place.read(whole);
  await place.dbtDone("run", "--full-refresh", ...select);
  expect(await place.read(whole)).toEqual(before);

  // The log is truncated: the history frozen before is now the seed, and nothing is lost.
  const from = "items_before";
  await place.run([
    `CREATE TABLE ${from} AS SELECT *, valid_from AS dbt_valid_from, valid_to AS dbt_valid_to, is_deleted AS dbt_is_deleted FROM parts_history`,
    `DELETE FROM parts WHERE "_sdc_table_version" <= 4`,
  ]);
  writeFileSync(join(place.project, "models/parts_seed.sql"), `select * from ${from}`);
  writeFileSync(
    join(place.project, "dbt_project.yml"),
    JSON.stringify({ ...project, vars: { tapline_history_seeds: { parts_history: "parts_seed" } } }),
  );
  await place.dbtDone("run", "--full-refresh", "--select", "parts_seed", ...select.slice(1));
  const query = "SELECT part_no, note, is_deleted, valid_from, valid_to FROM parts_history ORDER BY part_no, valid_from";
  expect(await place.read(query)).toEqual(await place.read(query.replace("parts_history", from)));

  // A stream with another column: no values are invented, and dbt's error has a fix.
  const wider = { ...parts, properties: { ...parts.properties, Colour: { type: ["null", "string"] } } };
  await place.load([schemaMessage(wider), record(wider, 6, 4, "d2", { Colour: "red" })]);
  place.generate([wider]);
  const { code, output } = await place.dbt("run", ...select);
  expect(code).toBe(1);
  expect(output).toMatch(/full.refresh/i);
  await place.dbtDone("run", "--full-refresh", ...select);
  expect(await place.read("SELECT note, colour FROM parts_history WHERE part_no = 4 ORDER BY valid_from")).toEqual([
    ["d", null],
    ["d2", null],
    ["d2", "red"],
  ]);
});

const upsert = (place: Warehouse, version: number, notes: Record<number, string | null>): Promise<void> =>
  place.load(exported(version, notes), { load_method: "upsert", hard_delete: true });

const append = (place: Warehouse, version: number, notes: Record<number, string | null>): Promise<void> =>
  place.load(exported(version, notes));

/** The messages for a complete table: rows that are not in it were deleted. */
function exported(version: number, notes: Record<number, string | null>): object[] {
  const rows = Object.entries(notes).map(([part, note]) => record(parts, version, Number(part), note));
  return [schemaMessage(parts), ...rows, { type: "ACTIVATE_VERSION", stream: parts.name, version }];
}

function record(stream: TestStream, version: number, part: number, note: string | null, more: object = {}): object {
  return { type: "RECORD", stream: stream.name, version, record: { "Part No": part, Price: 1.5, Note: note, ...more } };
}
