import { join } from "node:path";
import { exactNumber } from "@tapline/protocol";
import type { Row } from "@tapline/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batch, read, stream, temporaryFolder } from "../test/database.ts";
import target from "./index.ts";

const openSink = target.open;

/** Keys that meet wherever somebody joins, rounds or folds them. */
const keys = fc.record({
  a: fc.constantFrom("a", "a,", "a,b", "A", "", "\u0000", "é", "e\u0301"),
  b: fc.constantFrom("b", ",b", "", "a,b"),
  n: fc.constantFrom("9007199254740993", "9007199254740992", "1", "-1"),
});
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: fc.array(keys, { maxLength: 12 }) }, fc.constant("commit" as const)), {
  maxLength: 12,
});
const properties = { a: { type: "string" }, b: { type: "string" }, n: { type: "integer" }, v: { type: "integer" } };

test("any batches and commits leave what a map would hold, and report what they did", async () => {
  const folder = temporaryFolder();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 2 }), async (processes) => {
      const filepath = join(folder, `${++run}.duckdb`);
      const expected = new Map<string, number>();
      let version = 0;
      for (const list of processes) {
        const sink = await openSink({ filepath });
        const writer = await sink.open(stream(properties, ["a", "b", "n"]));
        let before = new Set(expected.keys());
        let written = 0;
        for (const step of [...list, "commit" as const]) {
          if (step !== "commit") {
            const rows: Row[] = step.map((key) => ({ ...key, n: exactNumber(key.n), v: ++version }));
            for (const [index, key] of step.entries()) expected.set(JSON.stringify(key), rows[index]?.v as number);
            written += rows.length;
            await writer.write(batch(rows, { chunkRows: 5 }));
            continue;
          }
          const counts = (await sink.commit()).counts.get("s");
          expect(counts === undefined).toBe(written === 0);
          if (counts !== undefined) {
            expect(counts.inserted).toBe(expected.size - before.size);
            expect(counts.inserted + counts.updated + counts.superseded).toBe(written);
          }
          before = new Set(expected.keys());
          written = 0;
        }
        expect(await sink.countRows("s")).toBe(expected.size);
        await sink[Symbol.asyncDispose]();
      }
      const back = await read(filepath, "SELECT a, b, n::VARCHAR, v FROM s");
      expect(new Map(back.map(([a, b, n, v]) => [JSON.stringify({ a, b, n }), Number(v)]))).toEqual(expected);
      expect(back.length).toBe(expected.size);
    }),
    { numRuns: 40 },
  );
});

test("rows of a transaction have ids above all committed ones, rising in the order they came, also across ALTER TABLE", async () => {
  const filepath = join(temporaryFolder(), "rowid.duckdb");
  const rows = await read(
    filepath,
    "CREATE TABLE t AS SELECT i AS id FROM range(300000) AS r(i)",
    "DELETE FROM t WHERE id % 3 = 0",
    "BEGIN",
    "CREATE TEMP TABLE old AS SELECT max(rowid) AS top FROM t",
    "INSERT INTO t SELECT i FROM range(300000, 500000) AS r(i)",
    "ALTER TABLE t ADD COLUMN z DATE",
    "DELETE FROM t WHERE id BETWEEN 310000 AND 320000",
    "INSERT INTO t SELECT i, NULL FROM range(500000, 700000) AS r(i)",
    `SELECT count(*), bool_and(new_rowid > top), bool_and(id > coalesce(previous, -1))
       FROM (SELECT rowid AS new_rowid, id, lag(id) OVER (ORDER BY rowid) AS previous FROM t WHERE id >= 300000), old`,
  );
  expect(rows).toEqual([["389999", true, true]]);
});

test("a key that an older table holds several times is replaced everywhere and counted once", async () => {
  const filepath = join(temporaryFolder(), "twice.duckdb");
  await read(filepath, "CREATE TABLE s (id BIGINT, v BIGINT)", "INSERT INTO s VALUES (1, 0), (1, 0), (1, 0), (2, 0)");
  const sink = await openSink({ filepath });
  const writer = await sink.open(stream({ id: { type: "integer" }, v: { type: "integer" } }, ["id"]));
  await writer.write(
    batch([
      { id: 1, v: 1 },
      { id: 3, v: 1 },
      { id: 3, v: 2 },
    ]),
  );
  expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 1, updated: 1, superseded: 1 });
  await sink[Symbol.asyncDispose]();
  expect(await read(filepath, "SELECT id::INT, v::INT FROM s ORDER BY id")).toEqual([
    [1, 1],
    [2, 0],
    [3, 2],
  ]);
});

test("columns called like what the merge calls its own things are none of them", async () => {
  const filepath = join(temporaryFolder(), "names.duckdb");
  const document = { type: "object" };
  const names = ["n", "o", "t", "r", "k0", "last_row", "place", "newest"];
  const columns = Object.fromEntries(names.map((name) => [name, document]));
  const row = (id: number) => ({ id, ...Object.fromEntries(names.map((name) => [name, { id: 7, k0: 7, last_row: 0, rowid: 7 }])) });
  for (const expected of [
    { inserted: 2, updated: 0, superseded: 1 },
    { inserted: 0, updated: 2, superseded: 1 },
  ]) {
    const sink = await openSink({ filepath });
    const writer = await sink.open(stream({ id: { type: "integer" }, ...columns }, ["id"]));
    await writer.write(batch([row(1), row(2), row(1)]));
    expect((await sink.commit()).counts.get("s")).toEqual(expected);
    await sink[Symbol.asyncDispose]();
  }
  expect(await read(filepath, "SELECT id::INT FROM s ORDER BY id")).toEqual([[1], [2]]);
});
