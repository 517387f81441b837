/**
 * Runs the files of `dbt generate` for names of any kind with real dbt on both databases: models, tests, freshness, history.
 * Covers: plugins/dbt/src/generate, plugins/dbt/long/history-names.test.ts, plugins/dbt/test/warehouse.ts
 */
import { expect, test } from "vitest";
import { adapters, schemaMessage, type TestStream, warehouse } from "../test/warehouse.ts";

const hostile: TestStream = {
  name: `it's "{{ all }}" {% if %} {# 日本 \\ ; -- é`,
  keys: [`key "{{ 1 }}" '`, "second key {%"],
  properties: {
    'key "{{ 1 }}" \'': { type: "string" },
    "second key {%": { type: "integer" },
    "{# not a comment #}": { type: ["null", "string"] },
    "quote \" and \\ and ' and ; --": { type: ["null", "string"] },
    "line\nbreak\ttab": { type: ["null", "string"] },
    日本: { type: ["null", "object"] },
    "emoji 🦄 }}": { type: ["null", "number"], multipleOf: 0.01 },
    valid_from: { type: ["null", "string"] },
    "Valid From": { type: ["null", "string"] },
    "": { type: ["null", "string"] },
    ["x".repeat(60)]: { type: ["null", "string"] },
    select: { type: ["null", "string"] },
  },
};
// Neither the databases nor the targets accept a column without a name.
delete hostile.properties[""];
const single: TestStream = {
  name: "Dollar $ and {",
  keys: ["the {{ key }}"],
  properties: { "the {{ key }}": { type: "integer" }, v: { type: "string" } },
};
const plain: TestStream = {
  name: "Upserted Things",
  keys: ["Item Name"],
  properties: { "Item Name": { type: "string" }, "Sales Price": { type: ["null", "number"], multipleOf: 0.01 } },
  loadMethod: "upsert",
};

test.each(adapters)("names of any kind on %s: build, freshness and history work", async (adapter) => {
  const place = await warehouse(adapter);
  const columns = Object.keys(hostile.properties);
  const row = (v: string | null) =>
    Object.fromEntries(
      columns.map((name, n) => [name, n === 1 ? 7 : name === "日本" ? { a: v } : name.startsWith("emoji") ? 1.5 : n === 0 ? "k" : v]),
    );
  const records = [row("a"), row(null), row("a")].map((record, n) => ({
    type: "RECORD",
    stream: hostile.name,
    record,
    time_extracted: `2026-01-0${n + 1}T00:00:00Z`,
  }));
  await place.load([
    schemaMessage(hostile),
    ...records,
    schemaMessage(single),
    { type: "RECORD", stream: single.name, record: { "the {{ key }}": 1, v: "x" } },
  ]);
  await place.load([schemaMessage(plain), { type: "RECORD", stream: plain.name, record: { "Item Name": "a", "Sales Price": 1.25 } }], {
    load_method: "upsert",
  });
  place.generate([hostile, single, plain]);
  for (const again of [1, 2]) {
    const { output } = await place.dbtDone("build");
    expect(output, `run ${again}`).toContain("ERROR=0");
    expect(output).not.toMatch(/deprecat|warning/i);
  }
  expect((await place.dbtDone("source", "freshness")).output).toMatch(/PASS freshness/);
  const [history] = (await place.dbtDone("ls", "--resource-type", "model", "--quiet")).output
    .split("\n")
    .filter((line) => /all_if.*_history$/.test(line));
  const model = (history as string).split(".").at(-1) as string;
  expect(await place.read(`SELECT is_current, is_deleted, "select" FROM "${model}" ORDER BY valid_from`)).toEqual(
    [
      ["false", "false", "a"],
      ["false", "false", null],
      ["true", "false", "a"],
    ].map((values) =>
      adapter === "postgres" ? values.map((value) => (value === "true" ? "t" : value === "false" ? "f" : value)) : values,
    ),
  );
  expect(await place.read(`SELECT "item_name", "sales_price" FROM "stg_upserted_things"`)).toEqual([["a", "1.25"]]);
});
