/** Files: which are read, what a later run reads of them, and what is said of those that changed, are broken or are gone. */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { TargetFacts } from "@tapline/sdk";
import { numbers, range } from "@tapline/testing/tap-run";
import { describe, expect, test } from "vitest";
import { execute, testFile } from "../test/database-file.ts";
import { discoverCatalog, runTap } from "../test/tap-run.ts";

/** Writes Parquet files with these rows, some time ago. */
async function parquet(files: Record<string, string>): Promise<void> {
  await execute(
    ":memory:",
    ...Object.entries(files).map(([path, sql]) => `COPY (${sql}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`),
  );
  for (const path of Object.keys(files)) aged(path);
}

function jsonFile(path: string, ...lines: readonly string[]): void {
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  aged(path);
}

const past = new Date("2024-01-01T00:00:00Z");
const aged = (path: string, at = past): void => utimesSync(path, at, at);

const ids = (sent: { rows(stream: string): readonly Record<string, unknown>[] }): number[] => numbers(sent.rows("t") as never);
const target = (load_method: string): TargetFacts => ({ name: "x", capabilities: ["replace-source"], load_method }) as never;

describe("Parquet", () => {
  test("files of a folder and of a pattern, each once, in the order of their names, with the columns of all", async () => {
    const { folder } = testFile();
    mkdirSync(join(folder, "in/year=2024"), { recursive: true });
    const path = (name: string): string => join(folder, "in", name);
    await parquet({
      [path("a.parquet")]: "SELECT 1 AS id, 1::decimal(4,2) AS price, DATE '2024-01-01' AS day",
      [path("b.parquet")]: "SELECT 2 AS id, 'x' AS more, 5::bigint AS price",
      [path("*[1].parquet")]: "SELECT 3::hugeint * 1000000000000000000000 AS id, 2.5::decimal(10,3) AS price",
      [path("year=2024/c.parquet")]: "SELECT 4 AS id",
    });
    writeFileSync(path(".hidden.parquet"), "");
    writeFileSync(path("readme.md"), "");
    const config = { files: [{ entity: "t", path: [path(""), path("**/*.parquet"), path("a.parquet")] }] };
    const { rows, messages } = await runTap(config);
    expect(rows("t").map((row) => JSON.stringify(row, (_, value) => (typeof value === "object" ? value : value)))).toHaveLength(4);
    expect(rows("t").map(({ more, year }) => [more, year === null || year === undefined ? null : Number(year)])).toEqual([
      [null, null],
      [null, null],
      ["x", null],
      [null, 2024],
    ]);
    expect(messages[0]?.schema.properties).toMatchObject({
      price: { type: ["null", "number"], "x-singer.decimal": true, precision: 22, scale: 3 },
      day: { format: "date" },
    });
  });

  test("what is read of a file is told while it is read", async () => {
    const { folder } = testFile();
    const [path, small] = [join(folder, "a.parquet"), join(folder, "b.parquet")];
    await parquet({ [path]: "SELECT n AS id, md5(n::varchar) AS body FROM range(600000) AS r(n)", [small]: "SELECT 1 AS id" });
    const [size, all] = [statSync(path).size, statSync(path).size + statSync(small).size];
    const { progress } = await runTap({ files: [{ entity: "t", path: folder }], threads: 1 });
    expect(progress.filter((done) => done > size * 0.1 && done < size * 0.9).length).toBeGreaterThan(2);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(all);
  });

  test("fewer rows are made before they are taken where rows are long", async () => {
    const { folder } = testFile();
    const path = join(folder, "a.parquet");
    await parquet({ [path]: "SELECT n AS id, repeat(md5(n::varchar), 128) AS body FROM range(60000) AS r(n)" });
    const { progress } = await runTap({ files: [{ entity: "t", path }], threads: 1 });
    expect(progress[0]).toBeLessThan(0.8 * statSync(path).size);
  });

  test("a run that stopped in a file goes on at its row", async () => {
    const { folder } = testFile();
    const path = join(folder, "a.parquet");
    await parquet({ [path]: "SELECT n AS id, repeat('x', 1000) AS body FROM range(20000) AS r(n)" });
    const config = { files: [{ entity: "t", path }] };
    const first = await runTap(config, { until: ({ type }) => type === "STATE" });
    const second = await runTap(config, { state: first.state });
    expect(ids(first).length).toBeGreaterThan(1000);
    expect([...ids(first), ...ids(second)]).toEqual(range(0, 19_999));
    expect(ids(await runTap(config, { state: second.state }))).toEqual([]);
  });

  test("a catalog's selection holds, and a column that a later file has is added", async () => {
    const { folder } = testFile();
    const [a, b] = [join(folder, "a.parquet"), join(folder, "b.parquet")];
    await parquet({ [a]: "SELECT 1 AS id, 'secret' AS secret, 7 AS n" });
    const config = { files: [{ entity: "t", path: folder, keys: ["id"] }] };
    const catalog = await discoverCatalog(config);
    const entry = catalog.streams[0];
    entry?.metadata.push({ breadcrumb: ["properties", "secret"], metadata: { selected: false } });
    if (entry !== undefined)
      entry.metadata = entry.metadata.filter(({ breadcrumb, metadata }) => breadcrumb[1] !== "secret" || metadata.selected === false);
    const first = await runTap(config, { catalog });
    expect(first.rows("t")).toEqual([{ id: 1, n: 7 }]);
    await parquet({ [b]: "SELECT 2 AS id, 'secret' AS secret, 'text' AS n, true AS fresh" });
    const second = await runTap(config, { catalog, state: first.state });
    expect(second.rows("t")).toEqual([{ id: 2, n: "text", fresh: true }]);
    const schema = second.messages.findLast(({ type }) => type === "SCHEMA")?.schema.properties;
    expect(schema).toMatchObject({ n: { type: ["null", "integer", "string"] }, fresh: { type: ["null", "boolean"] } });
    expect(Object.keys(schema ?? {})).toEqual(["id", "n", "fresh"]);
  });

  test("dates that are none to JSON Schema make the column text", async () => {
    const { folder } = testFile();
    await parquet({
      [join(folder, "a.parquet")]: "SELECT 1 AS id, TIMESTAMP '2024-01-01' AS seen",
      [join(folder, "b.parquet")]: "SELECT 2 AS id, TIMESTAMP '12024-01-01' AS seen",
    });
    const { rows, messages } = await runTap({ files: [{ entity: "t", path: folder }] });
    expect(rows("t").map(({ seen }) => seen)).toEqual(["2024-01-01T00:00:00Z", "12024-01-01 00:00:00"]);
    expect(messages.findLast(({ type }) => type === "SCHEMA")?.schema.properties.seen).toEqual({ type: ["null", "string"] });
  });
});

describe("JSON", () => {
  test("lines and lists, packed or not: each value as it is, with all digits", async () => {
    const { folder } = testFile();
    jsonFile(
      join(folder, "a.jsonl"),
      '{"id":1,"n":12345678901234567890.10}',
      '{"id":2,"s":{"a b":[1.50,null]},"seen":"2024-01-01 10:00:00"}',
    );
    jsonFile(
      join(folder, "b.json"),
      "[",
      '{"id":3,',
      '"day":"2024-01-01", "seen":"2024-01-01T10:00:00Z", "u":"a\\nb\\u00e9"},',
      '{"id":4}]',
    );
    writeFileSync(join(folder, "c.ndjson.gz"), gzipSync('{"id":5,"n":1e300}\n'));
    aged(join(folder, "c.ndjson.gz"));
    const { rows, messages } = await runTap({ files: [{ entity: "t", path: folder }] });
    const texts = rows("t").map((row) => JSON.stringify(row));
    expect(texts[0]).toBe('{"id":1,"n":12345678901234567890.10}');
    expect(rows("t").slice(1)).toEqual([
      { id: 2, s: { "a b": [1.5, null] }, seen: "2024-01-01 10:00:00" },
      { id: 3, day: "2024-01-01", seen: "2024-01-01T10:00:00Z", u: "a\nbé" },
      { id: 4 },
      { id: 5, n: 1e300 },
    ]);
    expect(messages[0]?.schema.properties).toMatchObject({
      id: { type: ["null", "integer"] },
      n: { type: ["null", "number"] },
      day: { type: ["null", "string"], format: "date" },
    });
    expect(messages[0]?.schema.properties.seen).toEqual({ type: ["null", "string"] });
  });

  test("a run that stopped in a file goes on at its object", async () => {
    const { folder } = testFile();
    const path = join(folder, "a.jsonl");
    jsonFile(path, ...range(1, 20_000).map((id) => JSON.stringify({ id, body: "x".repeat(id % 2 === 0 ? 1000 : 0) })));
    const config = { files: [{ entity: "t", path }] };
    const first = await runTap(config, { until: ({ type }) => type === "STATE" });
    const second = await runTap(config, { state: first.state });
    expect(ids(first).length).toBeGreaterThan(1000);
    expect([...ids(first), ...ids(second)]).toEqual(range(1, 20_000));
  });

  test("a value that is no object is named", async () => {
    const { folder } = testFile();
    const path = join(folder, "a.jsonl");
    jsonFile(path, '{"id":1}', "[2]");
    expect((await runTap({ files: [{ entity: "t", path }] })).thrown).toMatchObject({ message: expect.stringContaining(path) });
  });
});

describe("a later run", () => {
  test("reads new files only; one that was touched or moved away is not read, and the latter is said", async () => {
    const { folder } = testFile();
    const path = (name: string): string => join(folder, name);
    await parquet({ [path("a.parquet")]: "SELECT 1 AS id", [path("b.parquet")]: "SELECT 2 AS id" });
    const config = { files: [{ entity: "t", path: `${folder}/*.parquet` }] };
    const first = await runTap(config);
    expect(ids(first)).toEqual([1, 2]);
    aged(path("a.parquet"), new Date("2024-02-02T00:00:00Z"));
    await parquet({ [path("c.parquet")]: "SELECT 3 AS id" });
    renameSync(path("b.parquet"), path("b.old"));
    const second = await runTap(config, { state: first.state });
    expect(ids(second)).toEqual([3]);
    expect(second.warnings.join()).toMatch(/b\.parquet is gone: its rows stay/);
    renameSync(path("b.old"), path("b.parquet"));
    const third = await runTap(config, { state: second.state });
    expect([ids(third), third.warnings]).toEqual([[], []]);
    expect(
      ids(
        await runTap({ files: [{ ...config.files[0], entity: "t", path: path("a.parquet"), read_again: true }] }, { state: third.state }),
      ),
    ).toEqual([1]);
  });

  test.each([
    ["upsert", { keys: ["id"] }, [1, 9], ["RECORD"]],
    ["append-only", {}, [], []],
    ["append-only", { changed_files: "append" as const }, [1, 9], ["RECORD"]],
    ["append-only", { changed_files: "replace" as const }, [1, 9], ["REPLACE_SOURCE", "RECORD"]],
  ])("under %s with %j, a file that changed", async (method, more, expected, kinds) => {
    const { folder } = testFile();
    const path = join(folder, "a.parquet");
    await parquet({ [path]: "SELECT 1 AS id" });
    const config = { files: [{ entity: "t", path, ...more }], add_metadata_columns: true };
    const first = await runTap(config, { target: target(method) });
    expect(first.rows("t")).toEqual([{ _sdc_source_file: path, id: 1 }]);
    await parquet({ [path]: "SELECT unnest([1, 9]) AS id" });
    const second = await runTap(config, { state: first.state, target: target(method) });
    expect(ids(second)).toEqual(expected);
    expect([...new Set(second.types.filter((type) => type === "RECORD" || type === "REPLACE_SOURCE"))]).toEqual(kinds);
    if (expected.length === 0) expect(second.thrown).toMatchObject({ message: expect.stringContaining("was read before and has changed") });
  });

  test("with FULL_TABLE reads all files as one version", async () => {
    const { folder } = testFile();
    await parquet({ [join(folder, "a.parquet")]: "SELECT 1 AS id", [join(folder, "b.parquet")]: "SELECT 2 AS id" });
    const config = { files: [{ entity: "t", path: folder }] };
    const catalog = {
      streams: (await discoverCatalog(config)).streams.map((entry) => ({ ...entry, replication_method: "FULL_TABLE" as const })),
    };
    const first = await runTap(config, { catalog });
    expect(first.types).toEqual(["SCHEMA", "RECORD", "RECORD", "ACTIVATE_VERSION", "STATE", "STATE"]);
    const second = await runTap(config, { catalog, state: first.state });
    expect(second.messages[1]?.version).toBeGreaterThan(first.messages[1]?.version as number);
  });

  test("a file that is written to while it is read is an error, and is not marked", async () => {
    const { folder } = testFile();
    const path = join(folder, "a.jsonl");
    jsonFile(path, ...range(1, 3000).map((id) => JSON.stringify({ id, body: "x".repeat(1000) })));
    let pieces = 0;
    const { thrown, state } = await runTap(
      { files: [{ entity: "t", path }] },
      {
        async between() {
          // The first piece is the SCHEMA.
          if (++pieces === 2) appendFileSync(path, '{"id":3001}\n');
        },
      },
    );
    expect(pieces).toBeGreaterThan(2);
    expect(thrown).toMatchObject({ message: expect.stringContaining("The file changed while it was being read") });
    expect(state).toEqual({});
  });

  test("a bookmark of another tap is named", async () => {
    const { folder } = testFile();
    await parquet({ [join(folder, "a.parquet")]: "SELECT 1 AS id" });
    const state = { bookmarks: { t: { files: { "a.parquet": { rows: "x" } } } } };
    expect((await runTap({ files: [{ entity: "t", path: folder }] }, { state })).thrown).toMatchObject({
      message: expect.stringContaining("that this tap did not write"),
    });
  });
});

describe("what can't be read", () => {
  test("is named: no file, a wrong format, half a file, a file outside the root, an address without the extension", async () => {
    const { folder } = testFile();
    const path = (name: string): string => join(folder, name);
    const failure = (file: string, more = {}, settings = {}) =>
      expect(discoverCatalog({ files: [{ entity: "t", path: file, ...more }], ...settings })).rejects;
    await failure(path("none.parquet")).toMatchObject({ code: "file_missing" });
    await failure(path("*.parquet")).toMatchObject({ code: "pattern_without_files" });
    mkdirSync(path("empty"));
    await failure(path("empty")).toMatchObject({ code: "folder_without_files", message: expect.stringContaining(".parquet") });
    await parquet({ [path("a.parquet")]: "SELECT n FROM range(10000) AS r(n)" });
    renameSync(path("a.parquet"), path("a.bin"));
    await failure(path("a.bin")).toMatchObject({ code: "format_unknown", hint: expect.stringContaining("parquet, json") });
    expect((await discoverCatalog({ files: [{ entity: "t", path: path("a.bin"), format: "parquet" }] })).streams).toHaveLength(1);
    await failure(path("a.bin"), { format: "json" }).toMatchObject({ code: "file_broken" });
    writeFileSync(path("half.parquet"), readFileSync(path("a.bin")));
    truncateSync(path("half.parquet"), 2000);
    await failure(path("half.parquet")).toMatchObject({ code: "file_broken", message: expect.stringContaining("half.parquet") });
    jsonFile(path("half.jsonl"), '{"id":1}', '{"id":');
    await failure(path("half.jsonl")).toMatchObject({ code: "file_broken", message: expect.stringContaining("line") });
    mkdirSync(path("root"));
    symlinkSync(path("a.bin"), path("root/link.parquet"));
    await failure(path("root"), {}, { root: path("root") }).toMatchObject({ code: "path_outside_root" });
    await failure("s3://bucket/a.parquet").toMatchObject({
      code: "extension_needed",
      hint: expect.stringMatching(/downloads nothing.*INSTALL httpfs.*setting extensions/),
    });
    await failure("s3://bucket/a.parquet", {}, { extensions: [path("none.duckdb_extension")] }).toMatchObject({
      code: "extension_unusable",
    });
    rmSync(path("root"), { recursive: true });
  });
});
