import { readFileSync } from "node:fs";
import { join } from "node:path";
import { numberText } from "@tapline/protocol";
import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, test } from "vitest";
import { loadLines, record, schema, state, temporaryFolder } from "../../test/load-lines.ts";
import { readStream } from "../../test/read-stream.ts";

interface Stored {
  id: number;
  a: string | null;
  b: number | null;
  deleted: boolean;
}

const properties = { id: { type: "integer" }, a: { type: ["null", "string"] }, b: { type: ["null", "integer"] } };
const at = "2026-01-02T03:04:05Z";

async function stored(folder: string): Promise<Stored[]> {
  const rows = (await readStream("s", folder)) ?? [];
  return rows
    .map(({ id, a, b, _sdc_deleted_at }) => ({
      id: Number(id),
      a: a as string,
      b: b === null ? null : Number(b),
      deleted: _sdc_deleted_at !== null,
    }))
    .sort((x, y) => x.id - y.id);
}

test.each([
  ["soft deletes", false, 11],
  ["hard deletes", true, 12],
] as const)(
  "a random history of upserts and deletes over many commits leaves what a map of rows would have, with %s",
  async (_, hard, seed) => {
    const folder = temporaryFolder();
    const random = seededRandom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const model = new Map<number, Stored>();
    let received = 0;
    for (let run = 0; run < 3; run++) {
      let text = schema(properties, ["id"]);
      for (let commit = 0; commit < 6; commit++) {
        for (let row = 0; row < 1 + below(25); row++) {
          const id = below(40);
          received++;
          if (below(4) === 0) {
            text += record({ id, _sdc_deleted_at: at });
            const known = model.get(id);
            if (hard) model.delete(id);
            else model.set(id, { ...(known ?? { id, a: null, b: null }), deleted: true });
          } else {
            const value = { id, a: below(5) === 0 ? null : `v${received}`, b: below(1000) };
            text += record(value);
            model.set(id, { ...value, deleted: false });
          }
        }
        text += state(commit);
      }
      const { failure, summaries } = await loadLines(folder, text, { commit_after_ms: 0, hard_delete: hard, file_rows: 7 });
      expect(failure).toBeUndefined();
      expect(await stored(folder)).toEqual([...model.values()].sort((x, y) => x.id - y.id));
      expect(summaries[0]?.in_table).toBe(model.size);
    }
  },
);

test("ACTIVATE_VERSION removes or marks what is older, and under append-only adds a row that says so", async () => {
  const rows = (version: number, ids: number[]) => ids.map((id) => record({ id, a: `v${version}` }, { version })).join("");
  const activate = (version: number) => `${JSON.stringify({ type: "ACTIVATE_VERSION", stream: "s", version })}\n`;
  const first = schema(properties, ["id"]) + rows(1, [1, 2, 3]) + state(1);
  const second = schema(properties, ["id"]) + rows(2, [2, 4]) + activate(2) + state(2);
  const kept = async (settings: object) => {
    const folder = temporaryFolder();
    expect((await loadLines(folder, first, settings)).failure).toBeUndefined();
    expect((await loadLines(folder, second, settings)).failure).toBeUndefined();
    return (await stored(folder)).map(({ id, a, deleted }) => [id, a, deleted]);
  };
  expect(await kept({ hard_delete: true })).toEqual([
    [2, "v2", false],
    [4, "v2", false],
  ]);
  expect(await kept({})).toEqual([
    [1, "v1", true],
    [2, "v2", false],
    [3, "v1", true],
    [4, "v2", false],
  ]);
  const appended = await kept({ load_method: "append-only" });
  expect(appended.filter(([, , deleted]) => deleted)).toEqual([
    [1, null, true],
    [3, null, true],
  ]);
  expect(appended).toHaveLength(7);
});

test("a column that is no longer sent keeps its value in rows that are replaced", async () => {
  const folder = temporaryFolder();
  await loadLines(folder, schema(properties, ["id"]) + record({ id: 1, a: "x", b: 1 }) + record({ id: 2, a: "y", b: 2 }) + state(1));
  await loadLines(
    folder,
    schema({ id: properties.id, a: properties.a }, ["id"]) + record({ id: 1, a: "z" }) + record({ id: 3, a: "n" }) + state(2),
  );
  expect((await stored(folder)).map(({ id, a, b }) => [id, a, b])).toEqual([
    [1, "z", 1],
    [2, "y", 2],
    [3, "n", null],
  ]);
});

test("a value that its column can't hold begins a new file with a wider column, and every value keeps its digits", async () => {
  const folder = temporaryFolder();
  const big = "123456789012345678901234567890";
  const text = `${schema({ n: { type: "integer" } })}${record({ n: 1 })}{"type":"RECORD","stream":"s","record":{"n":${big}}}\n${record({ n: 3 })}${state(1)}`;
  const { failure, summaries } = await loadLines(folder, text, { add_record_metadata: false });
  expect(failure).toBeUndefined();
  expect(summaries[0]).toMatchObject({
    loaded: 3,
    changes: [{ kind: "table_created" }, { kind: "column_widened", column: "n", from: "INT64", to: "DECIMAL(38,0)" }],
  });
  expect((await readStream("s", folder))?.map(({ n }) => numberText(n)).sort()).toEqual(["1", big, "3"]);
  const { streams } = JSON.parse(readFileSync(join(folder, "_tapline_manifest.json"), "utf8"));
  expect(streams[0].schemas).toEqual([[{ name: "n", type: "bigint" }], [{ name: "n", type: "decimal(38,0)" }]]);
});

test("upserts whose keys rise beyond those that are there read and write no old file", async () => {
  const folder = temporaryFolder();
  const paths = () =>
    JSON.parse(readFileSync(join(folder, "_tapline_manifest.json"), "utf8")).streams[0].files.map(({ path }: { path: string }) => path);
  await loadLines(folder, schema(properties, ["id"]) + record({ id: 1 }) + record({ id: 2 }) + state(1));
  const [first] = paths();
  await loadLines(folder, schema(properties, ["id"]) + record({ id: 3 }) + state(2));
  expect(paths()).toEqual([first, expect.any(String)]);
  await loadLines(folder, schema(properties, ["id"]) + record({ id: 2, a: "new" }) + state(3));
  expect(paths()).toHaveLength(3);
  expect(paths()).not.toContain(first);
  expect((await stored(folder)).map(({ id, a }) => [id, a])).toEqual([
    [1, null],
    [2, "new"],
    [3, null],
  ]);
});
