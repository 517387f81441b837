/** The text of generated files: names, tests of keys, history. The long suites history and history-names run them with dbt. */
import { expect, test } from "vitest";
import { generateFiles } from "./generate.ts";
import { historyProblem } from "./history.ts";
import type { GenerateStream } from "./stream.ts";

const metadata = ["extracted_at", "batched_at", "deleted_at", "sequence", "sync_started_at"].map((name) => ({
  property: `_sdc_${name}`,
  name: `_sdc_${name}`,
  type: name.endsWith("_at") ? "TIMESTAMP WITH TIME ZONE" : "BIGINT",
}));
const column = (name: string, type = "VARCHAR") => ({ property: name, name, type });

const items: GenerateStream = {
  stream: "items",
  schema: "main",
  table: "items",
  keys: ["Item Name"],
  columns: [column("Item Name"), column("Sales Price", "DECIMAL(38,2)"), column("changed", "DATE"), ...metadata],
  loadMethod: "append-only",
};

function files(stream: Partial<GenerateStream> = {}, history = true): Record<string, string> {
  const made = generateFiles({ adapter: "duckdb", sourceName: "raw", streams: [{ ...items, ...stream }], history });
  return Object.fromEntries(made.map(({ path, text }) => [path, text]));
}

test("a stream gets a source, a staging model and, on request, a history", () => {
  expect(Object.keys(files())).toEqual([
    "macros/tapline_tests.sql",
    "macros/tapline_history.sql",
    "models/staging/raw/items/sources.yml",
    "models/staging/raw/items/stg_items.sql",
    "models/staging/raw/items/stg_items.yml",
    "models/history/raw/items/items_history.sql",
    "models/history/raw/items/items_history.yml",
  ]);
  expect(Object.keys(files({}, false)).filter((path) => path.includes("history"))).toEqual([]);
});

test("an upserted stream: keys are tested at the source, staging renames", () => {
  const made = files({ loadMethod: "upsert" });
  expect(made["models/staging/raw/items/sources.yml"]).toBe(`version: 2
sources:
  - name: "raw"
    schema: "main"
    quoting: {schema: true, identifier: true}
    tables:
      - name: "items"
        identifier: "items"
        config:
          loaded_at_field: "\\"_sdc_batched_at\\""
          freshness:
            warn_after: {count: 36, period: hour}
        columns:
          - {name: "Item Name", quote: true, data_tests: [not_null, unique]}
`);
  expect(made["models/staging/raw/items/stg_items.sql"]).toMatch(
    /^\{\{ config\(materialized='view'\) \}\}\n\nselect\n {4}"Item Name" as "item_name",\n {4}"Sales Price" as "sales_price",/,
  );
  expect(made["models/staging/raw/items/stg_items.sql"]).toMatch(
    /from \{\{ source\('raw', 'items'\) \}\}\nwhere "_sdc_deleted_at" is null\n$/,
  );
  expect(Object.keys(made).filter((path) => path.includes("models/history"))).toEqual([]);
});

test("several keys are tested together, without packages", () => {
  const made = files({ loadMethod: "upsert", keys: ["Item Name", "changed"] });
  expect(made["models/staging/raw/items/sources.yml"]).toContain(`        data_tests:
          - tapline_unique: {arguments: {keys: ["Item Name", "changed"]}}
        columns:
          - {name: "Item Name", quote: true, data_tests: [not_null]}
          - {name: "changed", quote: true, data_tests: [not_null]}
`);
});

test("an append-only table has duplicate keys; its staging model has each key once", () => {
  const made = files();
  expect(made["models/staging/raw/items/sources.yml"]).toContain("data_tests: [not_null]}");
  expect(made["models/staging/raw/items/stg_items.yml"]).toContain('{name: "item_name", quote: true, data_tests: [not_null, unique]}');
});

test("valid_from: a date is midnight in UTC, a row without a date has its time of extraction, a delete has its time of deletion", () => {
  expect(files()["models/history/raw/items/items_history.sql"]).toContain('    "_sdc_extracted_at" as log_time,');
  expect(files({ validFrom: "changed" })["models/history/raw/items/items_history.sql"]).toContain(
    `    case when "_sdc_deleted_at" is null then coalesce(cast("changed" as timestamp) at time zone 'UTC', "_sdc_extracted_at") else "_sdc_deleted_at" end as log_time,`,
  );
});

test.each([
  ["chnged", "valid_from_unknown", '"changed"'],
  ["Sales Price", "valid_from_no_time", "DECIMAL(38,2)"],
])("valid_from %s is refused", (validFrom, code, expected) => {
  expect(() => files({ validFrom })).toThrow(expect.objectContaining({ code, message: expect.stringContaining(expected) }));
});

test("streams that can't have a history, and why", () => {
  expect(historyProblem(items)).toBeUndefined();
  expect(historyProblem({ ...items, keys: [] })).toContain("no keys");
  expect(historyProblem({ ...items, loadMethod: "overwrite" })).toContain("append-only");
  expect(historyProblem({ ...items, columns: [column("Item Name")] })).toContain("add_record_metadata");
});

test("names with characters of YAML, Jinja or SQL are quoted", () => {
  const name = `a"b {{ c }} {% d %} {# e #} 'f' \\`;
  const made = files({ table: name, keys: [name], columns: [column(name), column("{"), ...metadata] });
  const sources = made["models/staging/raw/items/sources.yml"] as string;
  expect(sources).toContain('identifier: "a\\"\\"b {{ \\"{\\" }}{{ \\"{\\" }} c }} {{ \\"{\\" }}% d %} {{ \\"{\\" }}# e #} \'f\' \\\\"');
  expect(sources).toContain("tapline_not_null");
  expect(made["models/history/raw/items/items_history.sql"]).toContain(
    '"a""b {{ "{" }}{{ "{" }} c }} {{ "{" }}% d %} {{ "{" }}# e #} \'f\' \\" as "a_b_c_d_e_f"',
  );
});
