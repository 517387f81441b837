/** Tables others made, with constraints. */
import { join } from "node:path";
import { exactNumber, rowBatch } from "@tapline/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import target from "./index.ts";

const id = { type: "integer" };
const text = { type: ["null", "string"] };

test.each([
  ["a primary key", "CREATE TABLE s (id BIGINT PRIMARY KEY, v VARCHAR)"],
  ["two unique constraints", "CREATE TABLE s (v VARCHAR, id BIGINT UNIQUE, w INT UNIQUE DEFAULT NULL, CHECK (id > 0))"],
])("%s: any batches and commits leave what a map would hold, and report what they did", async (_, ...create) => {
  const steps = fc.array(
    fc.oneof({ weight: 3, arbitrary: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 8 }) }, fc.constant("commit" as const)),
    {
      maxLength: 8,
    },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const filepath = join(temporaryFolder(), "w.duckdb");
      await read(filepath, ...create, "INSERT INTO s (id, v) VALUES (1, 'old'), (9, 'old')");
      const expected = new Map([
        [1, "old"],
        [9, "old"],
      ]);
      const sink = await target.open({ filepath });
      const writer = await sink.open(stream({ id, v: text }, ["id"]));
      let version = 0;
      let before = new Set(expected.keys());
      let written = 0;
      for (const step of [...list, "commit" as const]) {
        if (step !== "commit") {
          const rows = step.map((key) => ({ id: key, v: String(++version) }));
          for (const row of rows) expected.set(row.id, row.v);
          written += rows.length;
          await writer.write(batch(rows, { chunkRows: 3 }));
          continue;
        }
        const counts = (await sink.commit()).counts.get("s");
        if (counts !== undefined) {
          expect(counts.inserted).toBe(expected.size - before.size);
          expect(counts.inserted + counts.updated + counts.superseded).toBe(written);
        }
        before = new Set(expected.keys());
        written = 0;
      }
      await sink[Symbol.asyncDispose]();
      const found = await read(filepath, "SELECT id::INT, v FROM s");
      expect(new Map(found.map(([key, v]) => [Number(key), v]))).toEqual(expected);
      expect(found.length).toBe(expected.size);
    }),
    { numRuns: 10 },
  );
});

test.each([undefined, "overwrite"] as const)("a unique index can't have a row replaced, and the error has a hint (%s)", async (method) => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await read(filepath, "CREATE TABLE s (id BIGINT, v VARCHAR)", "CREATE UNIQUE INDEX i ON s (id)", "INSERT INTO s VALUES (1, 'old')");
  const sink = await target.open({ filepath });
  const writer = await sink.open(stream({ id, v: text }, ["id"], method));
  await writer.write(batch([{ id: 1, v: "new" }]));
  const error = await failure(() => sink.commit());
  expect(error).toMatchObject({ code: "constraint_violated", hint: expect.stringContaining("UNIQUE constraint") });
  await sink.rollback();
  await sink[Symbol.asyncDispose]();
  expect(await read(filepath, "SELECT v FROM s")).toEqual([["old"]]);
});

test("a row without a value for a NOT NULL column is reported with its line, and kept out where the user chose so", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await read(filepath, "CREATE TABLE s (id BIGINT, v VARCHAR NOT NULL)");
  const rows = [{ id: 1, v: "x" }, { id: 2, v: null }, { id: 3 }, { id: exactNumber("4"), v: "y" }];
  const sink = await target.open({ filepath });
  const writer = await sink.open(stream({ id, v: text }));
  const refused: unknown[] = [];
  const onReject = (row: Record<string, unknown>, error: Error) => void refused.push([row.id, error]);
  await writer.write(rowBatch("s", rows, { firstLine: 5, onReject }));
  expect((await sink.commit()).counts.get("s")).toMatchObject({ inserted: 2 });
  const expected = { code: "null_refused", position: { stream: "s", column: "v" } };
  expect(refused).toMatchObject([
    [2, { ...expected, position: { ...expected.position, line: 6 } }],
    [3, { ...expected, position: { ...expected.position, line: 7 } }],
  ]);
  expect(await failure(() => writer.write(batch(rows)))).toMatchObject(expected);
  await sink.rollback();
  await sink[Symbol.asyncDispose]();
  expect(await read(filepath, "SELECT id::INT FROM s")).toEqual([[1], [4]]);
});

test("what only DuckDB refuses ends the load, also where rows may be rejected: it does not report which row it was", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await read(filepath, "CREATE TABLE s (id BIGINT CHECK (id < 10))");
  const sink = await target.open({ filepath });
  const writer = await sink.open({ ...stream({ id }), reject: () => {} });
  await writer.write(rowBatch("s", [{ id: 1 }, { id: 11 }], { onReject: () => {} }));
  expect(await failure(() => sink.commit())).toMatchObject({ code: "constraint_violated", class: "data", recovery: "fatal" });
  await sink.rollback();
  await sink[Symbol.asyncDispose]();
});

test("overwrite: a row another table's foreign key points at can't be taken away, and the error names it", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await read(
    filepath,
    "CREATE TABLE s (id BIGINT PRIMARY KEY)",
    "INSERT INTO s VALUES (1)",
    "CREATE TABLE child (s BIGINT REFERENCES s (id))",
    "INSERT INTO child VALUES (1)",
  );
  const sink = await target.open({ filepath });
  const writer = await sink.open(stream({ id }, ["id"], "overwrite"));
  await writer.write(batch([{ id: 1 }, { id: 2 }]));
  const error = await failure(() => sink.commit());
  expect(error).toMatchObject({ code: "constraint_violated" });
  expect(error.message).toMatch(/foreign key/i);
  await sink.rollback();
  await sink[Symbol.asyncDispose]();
  expect(await read(filepath, "SELECT id::INT FROM s")).toEqual([[1]]);
});
