/** DDL is planned at SCHEMA and run when it is due: at the first write or at the commit. */
import { join } from "node:path";
import { orderedObject } from "@tapline/protocol";
import { type Connection, defineSqlTarget } from "@tapline/sql";
import { expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import { config } from "./config.ts";
import { connect } from "./connection.ts";
import { dialect } from "./dialect/index.ts";
import target from "./index.ts";

const id = { type: "integer" };
const text = { type: ["null", "string"] };

/** A sink whose statements are noted: those that change something, and the begin of transactions. */
async function notedSink(filepath: string) {
  const notes: string[] = [];
  const noted = async (): Promise<Connection> => {
    const real = await connect({ filepath });
    return {
      ...real,
      run(sql, about) {
        notes.push(sql.split(" ").slice(0, 2).join(" "));
        return real.run(sql, about);
      },
      begin() {
        notes.push("BEGIN");
        return real.begin();
      },
    };
  };
  const { name, version, description } = target;
  const sink = await defineSqlTarget({ name, version, description, config, dialect, connect: noted }).open({ filepath });
  return { sink, notes };
}

test("SCHEMA changes nothing and begins no transaction; the first write does", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await read(filepath, "CREATE TABLE s (id BIGINT, v INTEGER)", "INSERT INTO s VALUES (1, 7)");
  const { sink, notes } = await notedSink(filepath);
  const writer = await sink.open(stream({ id, v: text, more: text }, ["id"]));
  await sink.open(stream({ id }, [], undefined, "fresh"));
  expect(notes).toEqual([]);
  await writer.write(batch([{ id: 1, v: "x", more: "y" }]));
  expect(notes.slice(0, 3)).toEqual(["BEGIN", "ALTER TABLE", "ALTER TABLE"]);
  await sink.commit();
  expect(notes).toContain("CREATE TABLE");
  await sink[Symbol.asyncDispose]();
  expect(await read(filepath, "SELECT id::INT, v, more FROM s")).toEqual([[1, "x", "y"]]);
  expect(await read(filepath, "SELECT count(*)::INT FROM fresh")).toEqual([[0]]);
});

test("overwriting makes its hidden table when the first row arrives, or at the commit", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await read(filepath, "CREATE TABLE s (id BIGINT)", "INSERT INTO s VALUES (1)");
  const { sink, notes } = await notedSink(filepath);
  await sink.open(stream({ id }, [], "overwrite"));
  expect(notes).toEqual([]);
  await sink.commit();
  await sink[Symbol.asyncDispose]();
  expect(await read(filepath, "SELECT count(*)::INT FROM s")).toEqual([[0]]);
});

test("errors that the table's description shows come at SCHEMA", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await read(filepath, "CREATE TABLE s (id BIGINT, b BLOB)", "CREATE VIEW seen AS SELECT id FROM s");
  const { sink, notes } = await notedSink(filepath);
  expect(await failure(() => sink.open(stream({ id }, [], undefined, "seen")))).toMatchObject({ code: "not_a_table" });
  expect(await failure(() => sink.open(stream({ id, b: text })))).toMatchObject({ code: "type_conflict" });
  expect(notes).toEqual([]);
  await sink[Symbol.asyncDispose]();
});

test("columns are in the order of the SCHEMA, whatever their names look like", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  const sink = await target.open({ filepath });
  const named = (...names: string[]) => ({ ...stream({}), schema: { properties: orderedObject(names.map((name) => [name, text])) } });
  const writer = await sink.open(named("Product", "2025", "2024"));
  await writer.write(batch([{ Product: "a", 2025: "b", 2024: "c" }]));
  await writer.alter(named("Product", "9", "8", "2025", "2024"));
  await sink.commit();
  await sink[Symbol.asyncDispose]();
  expect((await read(filepath, "SELECT column_name FROM duckdb_columns() WHERE table_name = 's' ORDER BY column_index")).flat()).toEqual([
    "Product",
    "2025",
    "2024",
    "9",
    "8",
  ]);
  expect(await read(filepath, 'SELECT "Product", "2025", "2024" FROM s')).toEqual([["a", "b", "c"]]);
});
