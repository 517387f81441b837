/** Rows of many batches become a file that lands at once, and no file outlives a failure. */
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SharedLanes } from "@tapline/columns";
import { expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import { bulkLoad } from "./bulk-load.ts";
import target from "./index.ts";

const id = { type: "integer" };
const unique = ["CREATE TABLE s (id BIGINT UNIQUE)"];

function loadInto(folder: string, insert: (sql: string) => Promise<number>, lanes = new SharedLanes()) {
  let count = 0;
  const context = {
    path: "w.duckdb",
    lanes,
    nextPath: () => join(folder, `${++count}.parquet`),
    insert,
    wrote: async () => {},
  };
  const columns = [{ name: "id", columnName: "id", type: { kind: "bigint" as const } }];
  return bulkLoad(context, { stream: "s", table: "s", columns, requiredKeys: [] });
}

const manyRows = (count: number) => batch(Array.from({ length: count }, (_, id) => ({ id })));

test("batches are gathered, and land as one file when they are flushed", async () => {
  const folder = temporaryFolder();
  const statements: string[] = [];
  const load = loadInto(folder, async (sql) => {
    statements.push(sql);
    return 3;
  });
  for (const each of [load.convert(batch([{ id: 1 }, { id: 2 }])), load.convert(batch([{ id: 3 }]))]) {
    await each.land("t");
    await each.drop();
  }
  expect(statements).toEqual([]);
  await load.flush?.("t");
  expect(statements).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});

test("a full group lands while more arrives; a batch that is larger than one is a file of its own", async () => {
  const found = [100_000, 200_000, 1];
  const folder = temporaryFolder();
  const load = loadInto(folder, async () => found.shift() as number);
  const landed: number[] = [];
  for (const count of [100_000, 200_000, 1]) {
    await load.convert(manyRows(count)).land("t");
    landed.push(found.length);
  }
  expect(landed).toEqual([2, 1, 1]);
  await load.flush?.("t");
  expect(found).toEqual([]);
});

test("the database stored another number of rows: the load fails", async () => {
  const load = loadInto(temporaryFolder(), async () => 1);
  await load.convert(batch([{ id: 1 }, { id: 2 }])).land("t");
  expect(await failure(async () => load.flush?.("t"))).toMatchObject({ code: "insert_count_mismatch", position: { stream: "s" } });
});

test("two streams use the same memory, one after the other", async () => {
  const folder = temporaryFolder();
  const lanes = new SharedLanes();
  const [one, other] = [loadInto(join(folder), async () => 2, lanes), loadInto(temporaryFolder(), async () => 1, lanes)];
  await one.convert(batch([{ id: 1 }, { id: 2 }])).land("t");
  await other.convert(batch([{ id: 3 }])).land("u");
  expect(readdirSync(folder)).toHaveLength(1);
  await one.flush?.("t");
  await other.flush?.("u");
  expect(readdirSync(folder)).toEqual([]);
});

test("a file that the database refuses is deleted", async () => {
  const folder = temporaryFolder();
  const load = loadInto(folder, async () => {
    throw new Error("refused");
  });
  await load.convert(batch([{ id: 1 }])).land("t");
  await expect(load.flush?.("t")).rejects.toThrow("refused");
  expect(readdirSync(folder)).toEqual([]);
});

test("rows of a batch that was dropped never land with those of others", async () => {
  const load = loadInto(temporaryFolder(), async () => 1);
  await load.convert(batch([{ id: 1 }])).drop();
  await expect(load.flush?.("t")).rejects.toThrow("dropped");
});

test("a batch that can't be converted leaves the rows before it", async () => {
  const load = loadInto(temporaryFolder(), async () => 1);
  await load.convert(batch([{ id: 1 }])).land("t");
  expect(() => load.convert(batch([{ id: 2 }, { id: "x" }]))).toThrow('"x" (string)');
  await load.flush?.("t");
});

test("a batch that can't be converted leaves no file", () => {
  const folder = temporaryFolder();
  const load = loadInto(folder, async () => 0);
  expect(() => load.convert(batch([{ id: 1 }, { id: "x" }]))).toThrow('"x" (string)');
  expect(readdirSync(folder)).toEqual([]);
});

test("after a failed load no scratch file is left, even before the sink is closed", async () => {
  const filepath = join(temporaryFolder(), "w.duckdb");
  await read(filepath, ...unique);
  const sink = await target.open({ filepath });
  const scratch = readdirSync(tmpdir()).filter((name) => name.startsWith(`tapline-duckdb-${process.pid}-`));
  const writer = await sink.open(stream({ id }));
  await writer.write(batch([{ id: 1 }]));
  await writer.write(batch([{ id: 1 }]));
  expect(await failure(() => sink.commit())).toMatchObject({ code: "constraint_violated" });
  await sink.rollback();
  for (const folder of scratch) if (existsSync(join(tmpdir(), folder))) expect(readdirSync(join(tmpdir(), folder))).toEqual([]);
  expect(scratch.length).toBeGreaterThan(0);
  await sink[Symbol.asyncDispose]();
});
