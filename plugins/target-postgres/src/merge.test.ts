import { exactNumber } from "@tapline/protocol";
import type { Row } from "@tapline/sdk";
import { testDatabase } from "@tapline/testing/postgres";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batch, settings, stream, withSink } from "../test/rows.ts";

/** Keys that meet wherever somebody joins, rounds or folds them. */
const keys = fc.record({
  a: fc.constantFrom("a", "a,", "a,b", "A", "", "\\N", "é", "e\u0301"),
  b: fc.constantFrom("b", ",b", "", "a,b"),
  n: fc.constantFrom("9007199254740993", "9007199254740992", "1", "-1"),
});
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: fc.array(keys, { maxLength: 12 }) }, fc.constant("commit" as const)), {
  maxLength: 12,
});
const properties = { a: { type: "string" }, b: { type: "string" }, n: { type: "integer" }, v: { type: "integer" } };

test.each([
  ["a table that the load makes", ""],
  ["a table without any constraint", 'CREATE TABLE public."s" (a text, b text, n bigint, v bigint)'],
  ["a unique index in another order", 'CREATE TABLE public."s" (v bigint, n bigint, b text, a text, UNIQUE (n, b, a) INCLUDE (v))'],
  ["a partitioned table", 'CREATE TABLE public."s" (a text, b text, n bigint, v bigint, PRIMARY KEY (n, a, b)) PARTITION BY HASH (n)'],
])("%s: any batches and commits leave what a map would hold, and report what they did", async (_, create) => {
  const database = await testDatabase();
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 2 }), async (processes) => {
      const partitions = create.includes("PARTITION")
        ? [0, 1].map((n) => `CREATE TABLE p${n} PARTITION OF s FOR VALUES WITH (MODULUS 2, REMAINDER ${n})`)
        : [];
      await database.read('DROP TABLE IF EXISTS public."s"', ...(create === "" ? [] : [create, ...partitions]));
      const expected = new Map<string, number>();
      let version = 0;
      for (const list of processes) {
        await withSink(settings(database), async (sink) => {
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
        });
      }
      const back = await database.read("SELECT a, b, n, v FROM s");
      expect(new Map(back.map(([a, b, n, v]) => [JSON.stringify({ a, b, n }), Number(v)]))).toEqual(expected);
      expect(back.length).toBe(expected.size);
    }),
    { numRuns: 10 },
  );
});

test("ctid is the order of arrival in a table made by the same transaction, whatever the sizes of rows and the COPYs", async () => {
  const database = await testDatabase();
  const rows = Array.from({ length: 20_000 }, (_, i) => ({ id: i, pad: "x".repeat((i * 7919) % 61 === 0 ? 7000 : (i * 104_729) % 400) }));
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id: { type: "integer" }, pad: { type: "string" } }));
    for (let at = 0; at < rows.length; at += 700) await writer.write(batch(rows.slice(at, at + 700)));
    await sink.commit();
  });
  expect(
    await database.read("SELECT count(*) FROM (SELECT id, lag(id) OVER (ORDER BY ctid) AS previous FROM s) AS x WHERE previous > id"),
  ).toEqual([["0"]]);
});

test("a key that comes again and again, in one batch and over batches: the last row stays, in a new table and in an old one", async () => {
  const database = await testDatabase();
  const properties = { id: { type: "integer" }, v: { type: "integer" }, pad: { type: "string" } };
  const rows = Array.from({ length: 6000 }, (_, i) => ({ id: (i * 31) % 1000, v: i, pad: "y".repeat((i * 13) % 900) }));
  for (const [inserted, updated] of [
    [1000, 0],
    [0, 1000],
  ]) {
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream(properties, ["id"]));
      for (let at = 0; at < rows.length; at += 500) await writer.write(batch(rows.slice(at, at + 500)));
      expect((await sink.commit()).counts.get("s")).toEqual({ inserted, updated, superseded: 5000 });
    });
    expect(await database.read("SELECT count(*), min(v), max(v), sum(v) FROM s")).toEqual([["1000", "5000", "5999", "5499500"]]);
  }
});

test("an old table's key is replaced everywhere where it stands several times, and counted once", async () => {
  const database = await testDatabase();
  await database.read("CREATE TABLE s (id bigint, v bigint)", "INSERT INTO s VALUES (1, 0), (1, 0), (1, 0), (2, 0)");
  await withSink(settings(database), async (sink) => {
    const writer = await sink.open(stream({ id: { type: "integer" }, v: { type: "integer" } }, ["id"]));
    const values = [
      { id: 1, v: 1 },
      { id: 3, v: 1 },
      { id: 3, v: 2 },
    ];
    await writer.write(batch(values));
    expect((await sink.commit()).counts.get("s")).toEqual({ inserted: 1, updated: 1, superseded: 1 });
  });
  expect(await database.read("SELECT id, v FROM s ORDER BY id")).toEqual([
    ["1", "1"],
    ["2", "0"],
    ["3", "2"],
  ]);
});

test("keys alone make a table too; one key twice is one row, and the second run updates it", async () => {
  const database = await testDatabase();
  for (const inserted of [1, 0]) {
    await withSink(settings(database), async (sink) => {
      const writer = await sink.open(stream({ id: { type: "string" } }, ["id"]));
      await writer.write(batch([{ id: "x" }, { id: "x" }]));
      expect((await sink.commit()).counts.get("s")).toEqual({ inserted, updated: 1 - inserted, superseded: 1 });
    });
  }
});
