/** Files of several row groups, read by DuckDB: groups that are compressed at once, and groups after others that were taken back. */
import { join } from "node:path";
import { GatheredRows, Lane, ParquetFile, RowColumns, SharedLanes } from "@tapline/columns";
import { rowBatch } from "@tapline/sdk";
import { expect, test } from "vitest";
import { read, temporaryFolder } from "../test/database.ts";

type Kind = "varchar" | "bigint";
const columnsIn = (lanes: (index: number) => Lane, kind: Kind) =>
  new RowColumns({ stream: "s", columns: [{ name: "v", columnName: "v", type: { kind } }], requiredKeys: [] }, (type) => type.kind, lanes);
const batch = (values: readonly unknown[]) => rowBatch("s", values.map((v) => ({ v })) as never);
const valuesIn = async (path: string, name: string): Promise<unknown> =>
  (await read(join(temporaryFolder(), "r.duckdb"), `SELECT ${name} FROM '${path}'`)).map(([value]) => value);

test.each(["zstd", "gzip", "none"] as const)(
  "row groups that are on their way at once are read as they were sent: %s",
  async (compression) => {
    const path = join(temporaryFolder(), "kept.parquet");
    const lanes: Lane[] = [];
    const rows = columnsIn((index) => (lanes[index] ??= new Lane()), "varchar");
    const form = { columnNames: ["v"], compression, keyColumns: [], metadata: {}, createdBy: "test version 1" };
    const file = new ParquetFile(path, [{ kind: "varchar" }], form);
    const sent: string[] = [];
    const groups: Promise<void>[] = [];
    // Smaller and larger ones by turns, so that each has the memory of another one.
    for (const [group, count] of [3000, 10, 40_000, 5, 3000].entries()) {
      const values = Array.from({ length: count }, (_, row) => `${group}:${row}`);
      sent.push(...values);
      for (const chunk of batch(values).rows()) rows.add(chunk, () => {});
      groups.push(file.writeKeptGroup(rows.buffers));
      rows.clear();
      if (group === 1) await Promise.all(groups);
    }
    await Promise.all(groups);
    file.finish();
    file.close();
    expect(await valuesIn(path, "v")).toEqual(sent);
  },
);

test("a batch that fails takes back its row groups, and the file goes on with others", async () => {
  const path = join(temporaryFolder(), "gathered.parquet");
  const lanes = new SharedLanes();
  const options = { lanes, types: [{ kind: "bigint" } as const], fileBytes: 1 << 30, explained: <T>(work: () => T): T => work() };
  const gathered = new GatheredRows({ ...options, rows: columnsIn(lanes.at, "bigint"), nextPath: () => path });
  gathered.add(batch([1]));
  lanes.take("another stream", () => {});
  gathered.add(batch([2]));
  expect(() => gathered.add(batch([...Array.from({ length: 130_000 }, () => 0), "x"]))).toThrow('"x"');
  lanes.take("another stream", () => {});
  gathered.add(batch([3]));
  gathered.complete();
  expect(gathered.completed).toMatchObject([{ path, rows: 3 }]);
  expect(await valuesIn(path, "c0::VARCHAR")).toEqual(["1", "2", "3"]);
});
