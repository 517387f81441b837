import { expect, test } from "vitest";
import { compareRows, type HashedRow, type KeyCounts, TooManyOfOneKey } from "./compare-rows.ts";
import type { ColumnPair } from "./pair-columns.ts";

const column = { type: "text", kind: "text", nullable: true } as const;
const pairs: ColumnPair[] = [{ here: { ...column, name: "a" }, there: { ...column, name: "a" }, kind: "text" }];

async function* rowsOf(...cells: [hash: string, cell: string][]): AsyncGenerator<HashedRow> {
  for (const [hash, cell] of cells) yield { hash, cells: [cell] };
}

async function found(here: [string, string][], there: [string, string][], most = 10): Promise<{ kinds: string[]; duplicates: KeyCounts }> {
  const duplicates = { here: 0, there: 0 };
  const kinds: string[] = [];
  for await (const { what, hash } of compareRows(rowsOf(...here), rowsOf(...there), pairs, { most, duplicates }))
    kinds.push(`${what} ${hash}`);
  return { kinds, duplicates };
}

test("rows whose key another row has are counted on each side", async () => {
  const here: [string, string][] = [
    ["1", "x"],
    ["1", "x"],
    ["1", "y"],
    ["2", "x"],
  ];
  expect(await found(here, here)).toEqual({ kinds: [], duplicates: { here: 2, there: 2 } });
  expect(await found(here, [["2", "x"]])).toEqual({
    kinds: ["only_here 1", "only_here 1", "only_here 1"],
    duplicates: { here: 2, there: 0 },
  });
});

test("more rows of one key than fit into memory end the comparison by key", async () => {
  const many = Array.from({ length: 11 }, (_, at): [string, string] => ["1", String(at)]);
  await expect(found(many, [["1", "0"]])).rejects.toThrow(TooManyOfOneKey);
  await expect(found([["1", "0"]], many)).rejects.toThrow(TooManyOfOneKey);
  expect((await found(many.slice(1), [["1", "1"]])).duplicates).toEqual({ here: 9, there: 0 });
});
