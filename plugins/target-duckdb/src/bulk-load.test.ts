/** A converted batch is a file until it has landed, and no file outlives a failure. */
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Lane } from "@tapline/columns";
import { expect, test } from "vitest";
import { batch, failure, read, stream, temporaryFolder } from "../test/database.ts";
import { bulkLoad } from "./bulk-load.ts";
import target from "./index.ts";

const id = { type: "integer" };
const unique = ["CREATE TABLE s (id BIGINT UNIQUE)"];

function loadInto(folder: string, insert: (sql: string) => Promise<number>) {
  const lanes: Lane[] = [];
  let count = 0;
  const context = {
    path: "w.duckdb",
    lanes: (index: number) => (lanes[index] ??= new Lane()),
    nextPath: () => join(folder, `${++count}.parquet`),
    insert,
    wrote: async () => {},
  };
  const columns = [{ name: "id", columnName: "id", type: { kind: "bigint" as const } }];
  return bulkLoad(context, { stream: "s", table: "s", columns, requiredKeys: [] });
}

test("a staged batch lands later, after others were converted, and leaves no file", async () => {
  const folder = temporaryFolder();
  const statements: string[] = [];
  const load = loadInto(folder, async (sql) => statements.push(sql));
  const staged = [load.convert(batch([{ id: 1 }, { id: 2 }])), load.convert(batch([{ id: 3 }]))];
  expect(staged.map(({ rows }) => rows)).toEqual([2, 1]);
  expect(readdirSync(folder)).toHaveLength(2);
  for (const each of staged) {
    await each.land("t");
    await each.drop();
  }
  expect(statements).toHaveLength(2);
  expect(readdirSync(folder)).toEqual([]);
});

test("a batch that does not land leaves no file once it is dropped", async () => {
  const folder = temporaryFolder();
  const load = loadInto(folder, async () => {
    throw new Error("refused");
  });
  const staged = load.convert(batch([{ id: 1 }]));
  await expect(staged.land("t")).rejects.toThrow("refused");
  await staged.drop();
  const unlanded = load.convert(batch([{ id: 2 }]));
  await unlanded.drop();
  expect(readdirSync(folder)).toEqual([]);
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
  // The batch before is refused while this one is converted.
  expect(await failure(() => writer.write(batch([{ id: 2 }])))).toMatchObject({ code: "constraint_violated" });
  await sink.rollback();
  for (const folder of scratch) if (existsSync(join(tmpdir(), folder))) expect(readdirSync(join(tmpdir(), folder))).toEqual([]);
  expect(scratch.length).toBeGreaterThan(0);
  await sink[Symbol.asyncDispose]();
});
