/** Any name loads, the next run finds its column again, and no name can inject SQL. */
import { join } from "node:path";
import type { Row, TargetStream } from "@tapline/sdk";
import { expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import target from "./index.ts";

const id = { type: "integer" };
const text = { type: ["null", "string"] };

const file = (): string => join(temporaryFolder(), "w.duckdb");

async function load(filepath: string, loaded: TargetStream, rows: Row[], settings = {}): Promise<unknown> {
  await using sink = await target.open({ filepath, ...settings });
  const writer = await sink.open(loaded);
  await writer.write(batch(rows, { stream: loaded.name }));
  return (await sink.commit()).counts.get(loaded.name);
}

const names = [
  "",
  " ",
  "a\0b",
  "\0",
  'say "x"',
  `'; DROP TABLE s; --`,
  '"; DROP TABLE s; --',
  "line\nend\t",
  "\ufeffid",
  "rowid",
  "ROWID",
  "select",
  "1st",
  "a.b",
  "🦆",
  "É",
  "é",
  "Name",
  "nAME",
  "name",
  "__proto__",
  "constructor",
  "x".repeat(300),
  "é".repeat(50_000),
  "tapline: property",
  "$1",
  "%s",
];

test("columns of any name: each has its own, keys among them, and another run with the order reversed finds the same", async () => {
  const filepath = file();
  const properties = (list: string[]) => Object.fromEntries(list.map((name) => [name, text])) as Record<string, typeof text>;
  const rowOf = (list: string[], version: number) =>
    Object.fromEntries(list.map((name, i) => [name, i === 0 ? "key" : `${names.indexOf(name)} ${version}`]));
  const [first, last] = [names, names.toReversed()];
  expect(await load(filepath, stream(properties(first), [""]), [rowOf(first, 1)])).toEqual({ inserted: 1, updated: 0, superseded: 0 });
  const columns = await read(
    filepath,
    "SELECT '=' || column_name, comment FROM duckdb_columns() WHERE table_name = 's' ORDER BY column_index",
  );
  expect(columns.length).toBe(names.length);
  const again = { ...rowOf(first, 2), "": "key" };
  expect(await load(filepath, stream(properties(last), [""]), [again])).toEqual({ inserted: 0, updated: 1, superseded: 0 });
  expect(
    await read(filepath, "SELECT '=' || column_name, comment FROM duckdb_columns() WHERE table_name = 's' ORDER BY column_index"),
  ).toEqual(columns);
  const [row] = await read(filepath, "SELECT * FROM s");
  for (const [index, name] of names.entries()) {
    expect(row?.[index] === (again as Row)[name]).toBe(true);
    const [column, comment] = columns[index] as [string, string | null];
    if (comment === null) expect(column === `=${name}`).toBe(true);
    else expect(comment).toBe(`tapline: property ${JSON.stringify(name)}`);
  }
  expect(columns.filter(([, comment]) => comment !== null).length).toBe(7);
});

test("a property called rowid loads, upserts and is widened; a table of others with such a column can only be appended to", async () => {
  const filepath = file();
  const properties = { id, rowid: id };
  await load(filepath, stream(properties, ["id"]), [
    { id: 1, rowid: 5 },
    { id: 2, rowid: 4 },
  ]);
  expect(
    await load(filepath, stream(properties, ["rowid"]), [
      { id: 3, rowid: 5 },
      { id: 4, rowid: 5 },
      { id: 5, rowid: 1 },
    ]),
  ).toEqual({
    inserted: 1,
    updated: 1,
    superseded: 1,
  });
  await load(filepath, stream({ id, rowid: { type: "number" } }, ["rowid"]), [{ id: 6, rowid: 0.5 }]);
  const [column] = (await read(filepath, "SELECT column_name FROM duckdb_columns() WHERE table_name = 's' AND comment IS NOT NULL")).flat();
  expect(await read(filepath, `SELECT id::INT, ${column} FROM s ORDER BY id`)).toEqual([
    [2, 4],
    [4, 5],
    [5, 1],
    [6, 0.5],
  ]);
  await read(filepath, 'CREATE TABLE other (id BIGINT, "RowId" VARCHAR)', "INSERT INTO other VALUES (1, 'x')");
  const others = (keys: string[]) => stream({ id, RowId: text }, keys, undefined, "other");
  const error = await failure(() => load(filepath, others(["id"]), [{ id: 1 }]));
  expect(error).toMatchObject({ code: "row_id_hidden", class: "config", position: { stream: "other" } });
  expect(await load(filepath, others([]), [{ id: 1, RowId: "y" }])).toMatchObject({ inserted: 1 });
});

test.each(["", "a\0b", `"; DROP TABLE s; --`, "\ufeffid", "rowid", "__proto__", "a.b 'c", "é".repeat(50_000)])(
  "a stream, its schema and its rejects called %j",
  async (name) => {
    const filepath = file();
    for (const run of [0, 1])
      expect(
        await load(filepath, stream({ id }, ["id"], undefined, name), [{ id: 1 }], {
          stream_names: "exact",
          default_target_schema: name || "x",
        }),
      ).toEqual({
        inserted: 1 - run,
        updated: run,
        superseded: 0,
      });
    expect(await read(filepath, "SELECT count(*)::INT FROM duckdb_tables()")).toEqual([[1]]);
  },
);

test.each(["temp", "main", "system", "pg_catalog", "information_schema", "PG_CATALOG", "w", "memory"])(
  "a schema called %s",
  async (schema) => {
    const filepath = file();
    for (const run of [0, 1])
      expect(await load(filepath, stream({ id }, ["id"], undefined, `${schema}-orders`), [{ id: 1 }])).toEqual({
        inserted: 1 - run,
        updated: run,
        superseded: 0,
      });
    const [[found]] = (await read(filepath, "SELECT schema_name FROM duckdb_tables() WHERE database_name = 'w'")) as [[string]];
    expect(found.startsWith(schema)).toBe(true);
  },
);
