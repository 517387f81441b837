import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { JsonSchema } from "@tapline/sdk";
import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, test } from "vitest";
import { loadLines, record, schema, state, temporaryFolder } from "../../test/load-lines.ts";
import { readByPyarrow } from "../../test/pyarrow.ts";
import target from "../index.ts";

interface Stream {
  columns: { property: string; type: string }[];
  files: { path: string; rows: number }[];
}

const manifestOf = (folder: string): Stream => JSON.parse(readFileSync(join(folder, "_tapline_manifest.json"), "utf8")).streams[0];
const typeIn = (folder: string, property = "v"): string | undefined =>
  manifestOf(folder).columns.find((column) => column.property === property)?.type;

const string = { type: ["null", "string"] };
const address = { type: ["null", "object"], properties: { zip: { type: "integer" }, street: string } };
const order = {
  type: ["null", "object"],
  properties: {
    id: { type: "integer" },
    price: { type: ["null", "number"], multipleOf: 0.01 },
    at: { type: "string", format: "date-time" },
    key: { type: "string", format: "uuid" },
    ok: { type: "boolean" },
    'a "b", c': string,
    lines: {
      type: "array",
      items: { type: ["null", "object"], properties: { sku: string, counts: { type: "array", items: { type: "integer" } } } },
    },
    free: { type: "object" },
    address: { anyOf: [{ type: "null" }, address] },
  },
};

/** The rows as `tapline query` shows them. */
async function queried(folder: string, sql: string, settings: object = {}): Promise<unknown[][]> {
  const config = { destination_path: folder, ...settings };
  await using reader = await target.query?.(config as never, { sql }, new AbortController().signal);
  const rows = (await reader?.read(10_000)) ?? [];
  return rows.map((cells) => cells.map((cell) => JSON.parse(cell)));
}

test("objects and arrays with a schema are STRUCT and LIST, as DuckDB and pyarrow read them", async () => {
  const folder = temporaryFolder();
  const rows = [
    {
      id: 9007199254740993n,
      price: "1234567890123456.78",
      at: "2024-02-29T23:30:00.123456+02:00",
      key: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
      ok: true,
      'a "b", c': "é",
      lines: [{ sku: "x", counts: [1, 2] }, { sku: null, counts: [] }, null],
      free: { any: [1] },
      address: { zip: 1, street: "s" },
    },
    { id: 2, lines: [], address: null },
    null,
    {},
  ];
  const text = rows.map((v, id) =>
    record({ id, v: "VALUE" }).replace(
      '"VALUE"',
      JSON.stringify(v, (_, each) => (typeof each === "bigint" ? `<${each}>` : each))
        .replace(/"<(\d+)>"/, "$1")
        .replace(/"(\d+\.\d+)"/, "$1"),
    ),
  );
  const input = schema({ id: { type: "integer" }, v: order }) + text.join("") + state(1);
  expect((await loadLines(folder, input, { nested: "struct" })).failure).toBeUndefined();
  expect(typeIn(folder)).toBe(
    'struct("id" bigint, "price" decimal(38,2), "at" timestamptz, "key" uuid, "ok" boolean, "a \\"b\\", c" varchar, ' +
      '"lines" list(struct("sku" varchar, "counts" list(bigint))), "free" json, "address" struct("zip" bigint, "street" varchar))',
  );
  const path = join(folder, manifestOf(folder).files[0]?.path as string);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const shown = await (
    await connection.run(`SELECT to_json(v)::VARCHAR, v.id::VARCHAR, v.price::VARCHAR FROM read_parquet('${path}') ORDER BY id`)
  ).getRows();
  connection.closeSync();
  instance.closeSync();
  const nothing = { id: null, price: null, at: null, key: null, ok: null, 'a "b", c': null, lines: null, free: null, address: null };
  expect(shown.map(([json]) => (json === null ? null : JSON.parse(String(json))))).toEqual([
    { ...rows[0], id: expect.anything(), price: expect.anything(), at: "2024-02-29 21:30:00.123456+00" },
    { ...nothing, id: 2, lines: [] },
    null,
    nothing,
  ]);
  expect(shown[0]?.slice(1)).toEqual(["9007199254740993", "1234567890123456.78"]);
  const [read] = readByPyarrow([path]);
  expect(read?.types.v).toContain("lines: list<element: struct<sku: string, counts: list<element: int64>>>");
  expect(read?.rows.map(({ v }) => v)).toEqual([
    { ...rows[0], id: expect.anything(), price: "1234567890123456.78", at: "2024-02-29T21:30:00.123456+00:00", free: '{"any":[1]}' },
    { ...nothing, id: 2, lines: [] },
    null,
    nothing,
  ]);
});

const random = seededRandom(4);
const below = (limit: number): number => Math.floor(random() * limit);

function randomSchema(depth: number): JsonSchema {
  const choice = depth === 0 ? 2 + below(2) : below(4);
  if (choice === 0) return { type: ["null", "array"], items: randomSchema(depth - 1) };
  if (choice === 1)
    return {
      type: ["null", "object"],
      properties: Object.fromEntries(Array.from({ length: 1 + below(3) }, (_, at) => [`f${at}`, randomSchema(depth - 1)])),
    };
  return { type: ["null", choice === 2 ? "integer" : "string"] };
}

/** Missing parts are NULL. */
function randomValue({ type, items, properties }: JsonSchema): unknown {
  const kind = [type].flat().at(-1);
  if (below(5) === 0) return null;
  if (kind === "array") return Array.from({ length: below(4) }, () => randomValue(items as JsonSchema));
  if (kind === "integer") return below(1000);
  if (kind === "string") return "x".repeat(below(3));
  return Object.fromEntries(Object.entries(properties ?? {}).map(([name, part]) => [name, randomValue(part)]));
}

test("random shapes with random values come back as they were sent, over many row groups and partitions", async () => {
  for (let round = 0; round < 6; round++) {
    const folder = temporaryFolder();
    const shape: JsonSchema = { type: ["null", "object"], properties: { a: randomSchema(3), b: randomSchema(3) } };
    const rows = Array.from({ length: 300 }, (_, id) => ({ id, part: id % 3, v: below(9) === 0 ? null : randomValue(shape) }));
    const text = schema({ id: { type: "integer" }, part: { type: "integer" }, v: shape }) + rows.map((row) => record(row)).join("");
    const settings = {
      nested: "struct",
      ...(round % 2 === 1 && { partition_by: ["part"] }),
      compression: round % 3 === 0 ? "none" : "zstd",
    };
    expect((await loadLines(folder, text, { ...settings, batch_max_bytes: 5000 })).failure).toBeUndefined();
    const paths = manifestOf(folder).files.map(({ path }) => join(folder, path));
    const read = readByPyarrow(paths).flatMap((file) => file.rows);
    expect(read.sort((a, b) => Number(a.id) - Number(b.id)).map(({ v }) => v)).toEqual(rows.map(({ v }) => v));
    const list = await queried(folder, "SELECT id, v FROM s ORDER BY id");
    expect(list.map(([, v]) => v)).toEqual(rows.map(({ v }) => v));
  }
});

const one = (shape: object, keys: readonly string[] = []) => schema({ id: { type: "integer" }, v: shape }, keys);
const nullable = (properties: object) => ({ type: ["null", "object"], properties });

test("a new field in the schema makes the STRUCT wider; rows of older files have NULL there", async () => {
  const folder = temporaryFolder();
  const wider = nullable({ a: { type: "integer" }, list: { type: "array", items: nullable({ x: string, y: string }) } });
  const narrow = nullable({ a: { type: "integer" }, list: { type: "array", items: nullable({ x: string }) } });
  const settings = { nested: "struct" };
  await loadLines(folder, one(narrow) + record({ id: 1, v: { a: 1, list: [{ x: "x" }] } }), settings);
  const { summaries } = await loadLines(folder, one(wider) + record({ id: 2, v: { a: 2, list: [{ x: "x", y: "y" }] } }), settings);
  expect(summaries[0]?.changes).toMatchObject([{ kind: "column_widened", to: "STRUCT(a INT64, list LIST(STRUCT(x STRING, y STRING)))" }]);
  expect(await queried(folder, "SELECT id, v FROM s ORDER BY id")).toEqual([
    [1, { a: 1, list: [{ x: "x", y: null }] }],
    [2, { a: 2, list: [{ x: "x", y: "y" }] }],
  ]);
});

test.each([
  ["a field that the schema does not have", { a: 1, more: 5 }],
  ["an integer beyond 64 bits", { a: 1, big: "BIG" }],
])("%s makes the column JSON, and nothing is lost", async (_, odd) => {
  const folder = temporaryFolder();
  const shape = nullable({ a: { type: "integer" }, at: { type: "string", format: "date-time" }, big: { type: "integer" }, raw: string });
  const usual = { a: 7, at: "2026-01-02T03:04:05.25Z", raw: "é" };
  const oddRow = record({ id: 2, v: odd }).replace('"BIG"', "12345678901234567890123");
  const { failure, summaries } = await loadLines(folder, one(shape) + record({ id: 1, v: usual }) + oddRow, { nested: "struct" });
  expect(failure).toBeUndefined();
  expect(summaries[0]).toMatchObject({ loaded: 2, changes: [{}, { kind: "column_widened", column: "v", to: "JSON" }] });
  expect(typeIn(folder)).toBe("json");
  const [first] = await queried(folder, "SELECT v FROM s WHERE id = 1");
  expect(first?.[0]).toEqual({ ...usual, at: "2026-01-02T03:04:05.250000Z", big: null });
  const [second] = await queried(folder, "SELECT v::VARCHAR FROM s WHERE id = 2");
  expect(second?.[0]).toBe(oddRow.match(/"v":(\{[^}]*\})/)?.[1]);
});

test("upserts keep STRUCTs, also where the setting changes to json later", async () => {
  const folder = temporaryFolder();
  const shape = nullable({ a: { type: "integer" }, tags: { type: "array", items: string } });
  const rows = (...ids: number[]) => ids.map((id) => record({ id, v: { a: id, tags: [`t${id}`, null] } })).join("");
  const load = (text: string, nested: string) => loadLines(folder, one(shape, ["id"]) + text, { nested });
  await load(rows(1, 2, 3), "struct");
  await load(rows(2) + record({ id: 3, v: null }), "struct");
  expect(typeIn(folder)).toContain("struct(");
  const wanted = [
    [1, { a: 1, tags: ["t1", null] }],
    [2, { a: 2, tags: ["t2", null] }],
    [3, null],
  ];
  expect(await queried(folder, "SELECT id, v FROM s ORDER BY id")).toEqual(wanted);
  expect((await load(rows(2), "json")).failure).toBeUndefined();
  expect(typeIn(folder)).toBe("json");
  expect(await queried(folder, "SELECT id, v FROM s ORDER BY id")).toEqual(wanted);
  const paths = manifestOf(folder).files.map(({ path }) => join(folder, path));
  // A file without a row of the new ones stays as it is.
  const kinds = readByPyarrow(paths).map(({ types }) => types.v?.replace(/^struct.*/, "struct"));
  expect(kinds.sort()).toEqual(["extension<arrow.json>", "extension<arrow.json>", "struct"]);
});

test("schemas that say nothing of the parts are JSON, as are keys", async () => {
  const folder = temporaryFolder();
  const properties = {
    id: nullable({ a: string }),
    empty: { type: "object" },
    any: { type: "array" },
    mixed: { type: ["string", "object"], properties: { a: string } },
    alike: { type: "object", properties: { a: string, A: string } },
  };
  await loadLines(folder, schema(properties, ["id"]) + record({ id: { a: "x" }, mixed: "s", alike: { a: "1", A: "2" } }), {
    nested: "struct",
  });
  for (const property of Object.keys(properties)) expect([property, typeIn(folder, property)]).toEqual([property, "json"]);
});
