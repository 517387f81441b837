/** Stream maps as a person uses them: in a target, by tapline-map in a shell pipe and in a project, with real databases and processes. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bin, type Executable, lastJsonLine, run } from "./command.ts";
import { duckdbRows } from "./duckdb.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-maps-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const maps = {
  customers: {
    email: null,
    domain: "email.split('@')[-1]",
    hash: "md5(config['salt'] + email)",
    __filter__: "id > 1",
    __alias__: "people",
  },
  orders: null,
};
const settings = { stream_maps: maps, stream_map_config: { salt: "pepper-and-salt" } };

/** A project of two CSV files; `plugins` are those after the tap. */
function project(plugins: Record<string, object>) {
  const folder = newFolder();
  writeFileSync(join(folder, "customers.csv"), "id,email\n1,a@x.org\n2,b@y.org\n3,c@y.org\n");
  writeFileSync(join(folder, "orders.csv"), "id,amount\n1,2.5\n2,3\n");
  const files = ["customers", "orders"].map((entity) => ({ entity, path: `${entity}.csv`, keys: ["id"] }));
  const entries = Object.entries(plugins).map(([name, config]) => [name, { executable: bin(name as Executable), config }]);
  writeFileSync(
    join(folder, "tapline.yml"),
    JSON.stringify({ plugins: { "tap-csv": { executable: bin("tap-csv"), config: { files } }, ...Object.fromEntries(entries) } }),
  );
  return { folder, tapline: (...args: string[]) => run("tapline", args, { cwd: folder }) };
}

const hashes = ["b@y.org", "c@y.org"].map((email) =>
  execFileSync("md5sum", { input: `pepper-and-salt${email}`, encoding: "utf8" }).slice(0, 32),
);

test("in a target: rows, counts in summary and history, and the same again", async () => {
  const { folder, tapline } = project({ "target-duckdb": { filepath: "shop.duckdb", ...settings } });
  const ran = await tapline("run", "tap-csv", "target-duckdb");
  expect([ran.code, ran.stderr]).toEqual([0, expect.anything()]);
  expect(ran.stdout + ran.stderr).toContain("customers: 3 received, 1 filtered out, 2 passed as people");
  expect(ran.stdout + ran.stderr).toContain("orders: 2 received, dropped");
  expect(ran.stdout + ran.stderr).not.toContain("Warning");
  expect(await duckdbRows(join(folder, "shop.duckdb"), "SELECT id::int AS id, domain, hash FROM people ORDER BY id")).toEqual([
    { id: "2", domain: "y.org", hash: hashes[0] },
    { id: "3", domain: "y.org", hash: hashes[1] },
  ]);
  const shown = JSON.parse((await tapline("runs", "show", "--json")).stdout.trim().split("\n")[0] as string);
  expect(JSON.stringify(shown)).toContain('"filtered":1');
  // The bookmark is the tap's: a second run has nothing to do.
  const again = await tapline("run", "tap-csv", "target-duckdb", "--exit-99");
  expect(again.code).toBe(99);
  expect(await duckdbRows(join(folder, "shop.duckdb"), "SELECT count(*)::int AS n FROM people")).toEqual([{ n: "2" }]);
});

test("as a step: a mapper, then a target with maps of its own; the counts add up over both", async () => {
  const second = { people: { __source__: "folk", __else__: null, shout: "domain.upper()" } };
  const { folder, tapline } = project({
    "tapline-map": { ...settings, stream_maps: { ...maps, customers: { ...maps.customers, __alias__: "folk" } } },
    "target-jsonl": { destination_path: "out", add_record_metadata: false, stream_maps: second },
  });
  const ran = await tapline("run", "tap-csv", "tapline-map", "target-jsonl");
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("folk: 2 received, 2 passed as people")]);
  expect(readFileSync(join(folder, "out/people.jsonl"), "utf8")).toBe('{"id":2,"shout":"Y.ORG"}\n{"id":3,"shout":"Y.ORG"}\n');
  const names = await tapline("run", "tap-csv", "tapline-map", "target-jsonl", "--full-refresh", "--replace", "customers");
  expect(names.code).not.toBe(0);
});

test("an expression that fails names stream, line, place and the setting's line; nothing is loaded", async () => {
  const { tapline } = project({ "target-duckdb": { filepath: "shop.duckdb", stream_maps: { customers: { n: "int(email)" } } } });
  const ran = await tapline("run", "tap-csv", "target-duckdb");
  expect([ran.code, ran.stdout + ran.stderr]).toEqual([
    1,
    expect.stringMatching(
      /customers, input line 2: The expression of customers\.n failed: "a@x\.org" is not a whole number \(at character 4 of "int\(email\)"\)/,
    ),
  ]);
  const wrong = project({ "target-duckdb": { filepath: "shop.duckdb", stream_maps: { customers: { n: "int(" } } } });
  expect((await wrong.tapline("run", "tap-csv", "target-duckdb")).stderr).toMatch(/tapline\.yml, line 1.*customers\.n can't be used/);
});

const schema =
  '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"},"a":{"type":"string"}}},"key_properties":["id"]}';
const row = (id: number): string => `{"type":"RECORD","stream":"s","record":{"id":${id},"a":"x${id}"}}`;

test("tapline-map: STATE and what has no map pass byte for byte", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "map.json"), JSON.stringify({ stream_maps: { s: { __filter__: "id == 2", __alias__: "t" } } }));
  const state = '{"value" : {"b": 1.0, "big": 12345678901234567890123, "10": 1, "2": "\\u00e9"}, "type":"STATE"}';
  const other = schema.replace('"stream":"s"', '"stream": "o"');
  const lines = [
    other,
    schema,
    row(1),
    '{"type":"RECORD", "stream":"o", "record":{"id": 1.0}}',
    state,
    row(2),
    state,
    '{"type":"ACTIVATE_VERSION","stream":"s","version":5}',
  ];
  const { code, stdout, stderr } = await run("tapline-map", ["--config", "map.json"], { cwd: folder, input: `${lines.join("\n")}\n` });
  expect([code, stdout.trimEnd().split("\n")]).toEqual([
    0,
    [
      other,
      schema.replace('"stream":"s"', '"stream":"t"'),
      lines[3],
      state,
      row(2).replace('"stream":"s"', '"stream":"t"'),
      state,
      '{"type":"ACTIVATE_VERSION","stream":"t","version":5}',
    ],
  ]);
  expect(stderr).toContain('{"type":"mapped","from":"s","to":"t","received":2,"passed":1,"filtered":1}');
});

test("tapline-map: an input that is cut, a stop, and a wrong config end with the code of their class", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "map.json"), JSON.stringify({ stream_maps: { s: {} } }));
  const cut = await run("tapline-map", ["--config", "map.json"], { cwd: folder, input: `${schema}\n${row(1)}\n${row(2).slice(0, 20)}` });
  expect([cut.code, lastJsonLine(cut.stderr.replace(/\{"type":"mapped.*\n/g, "")).code]).toEqual([76, "cut_line"]);
  writeFileSync(join(folder, "wrong.json"), JSON.stringify({ stream_maps: { s: 5 } }));
  expect((await run("tapline-map", ["--config", "wrong.json"], { cwd: folder, input: schema })).code).toBe(64);
});

test("rows of BATCH files are mapped, in a target and by tapline-map", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "files"));
  writeFileSync(join(folder, "files/1.jsonl"), '{"id":1,"a":"x"}\n{"id":2,"a":"y"}\n');
  const batch = JSON.stringify({
    type: "BATCH",
    stream: "s",
    encoding: { format: "jsonl" },
    manifest: [pathToFileURL(join(folder, "files/1.jsonl")).href],
  });
  const input = `${schema}\n${batch}\n`;
  const own = {
    batch_inputs: [join(folder, "files")],
    stream_maps: { s: { up: "a.upper()", a: null, __alias__: "t", __filter__: "id > 1" } },
  };
  writeFileSync(join(folder, "target.json"), JSON.stringify({ destination_path: "out", add_record_metadata: false, ...own }));
  writeFileSync(join(folder, "map.json"), JSON.stringify(own));
  expect((await run("target-jsonl", ["--config", "target.json"], { cwd: folder, input })).code).toBe(0);
  expect(readFileSync(join(folder, "out/t.jsonl"), "utf8")).toBe('{"id":2,"up":"Y"}\n');
  expect((await run("tapline-map", ["--config", "map.json"], { cwd: folder, input })).stdout).toContain(
    '"stream":"t","record":{"id":2,"up":"Y"}}',
  );
});

test("rejected rows have the line of the tap's output, and a replay does not map them again", async () => {
  const folder = newFolder();
  const config = {
    filepath: "x.duckdb",
    on_error: "reject",
    stream_maps: { s: { a: "a + '!'", __filter__: "id != 1" } },
  };
  writeFileSync(join(folder, "target.json"), JSON.stringify(config));
  const bad = '{"type":"RECORD","stream":"s","record":{"id":"no","a":"z"}}';
  const input = `${[schema, row(1), row(2), bad.replace('"no"', "2.5"), row(4)].join("\n")}\n`;
  const ran = await run("target-duckdb", ["--config", "target.json"], { cwd: folder, input });
  expect(ran.code).toBe(0);
  const listed = JSON.parse((await run("target-duckdb", ["--config", "target.json", "--rejects", "show"], { cwd: folder })).stdout);
  expect(listed).toMatchObject({ position: { line: 4 }, record: '{"id":2.5,"a":"z!"}' });
});
