/** Mistakes of users and failures of machines: each has a message with position, cause and fix, and the exit code of its class. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Ended, lastJsonLine, pipe, run, start } from "../../packages/workspace/src/command.ts";
import { duckdbRows } from "../../packages/workspace/src/duckdb.ts";

const sdkFixtures = fileURLToPath(new URL("../../packages/sdk/test/fixtures/", import.meta.url));

/** A folder with these files; objects become JSON. */
function folder(files: Record<string, unknown>): string {
  const path = mkdtempSync(join(tmpdir(), "bad-input-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(path, name, ".."), { recursive: true });
    writeFileSync(join(path, name), typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
  return path;
}

const tapConfig = (entry: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  files: [{ entity: "items", path: "items.csv", keys: ["id"], ...entry }],
  ...more,
});
const good = "id,name\n1,a\n2,b\n";

function expectFailure(ended: Ended, code: number, error: Record<string, unknown>): void {
  expect(lastJsonLine(ended.stderr)).toMatchObject({ type: "error", hint: expect.stringMatching(/.{10}/), ...error });
  expect(ended.code).toBe(code);
  expect(ended.stderr).not.toMatch(/\n\s+at .*:\d+/);
}

describe("tap-csv", () => {
  const cases: [string, Record<string, unknown>, number, Record<string, unknown>][] = [
    ["a missing file", { "tap.json": tapConfig() }, 64, { message: expect.stringContaining("items.csv") }],
    [
      "an empty file",
      { "tap.json": tapConfig(), "items.csv": "" },
      65,
      { message: expect.stringContaining("empty"), position: expect.objectContaining({ stream: "items", file: "items.csv" }) },
    ],
    [
      "a key that is not in the header",
      { "tap.json": tapConfig({ keys: ["idd"] }), "items.csv": good },
      64,
      { message: expect.stringMatching(/"idd".*"id"/s) },
    ],
    ["a wrong config key", { "tap.json": { fils: [] } }, 64, { message: expect.stringContaining("did you mean files?") }],
    [
      "a wrong config type",
      { "tap.json": { files: "items.csv" } },
      64,
      { message: expect.stringContaining("files must be array, but is a string") },
    ],
    [
      "a row with too few cells",
      { "tap.json": tapConfig(), "items.csv": `${good}3\n` },
      65,
      { position: expect.objectContaining({ stream: "items", file: "items.csv", line: 4 }) },
    ],
    [
      "a quote that is never closed",
      { "tap.json": tapConfig(), "items.csv": `${good}3,"x\n4,y\n` },
      65,
      { position: expect.objectContaining({ file: "items.csv", line: 4 }) },
    ],
    [
      "bytes that are not UTF-8",
      { "tap.json": tapConfig({ encoding: "utf-8" }), "items.csv": Buffer.concat([Buffer.from(`${good}3,caf`), Buffer.from([0xe9, 10])]) },
      65,
      { position: expect.objectContaining({ file: "items.csv", line: 4 }) },
    ],
    [
      "a value that breaks its inferred type",
      {
        "tap.json": tapConfig({ on_type_break: "fail" }),
        "items.csv": `id,n\n${Array.from({ length: 60_000 }, (_, i) => `${i},${i}\n`).join("")}x,1.5\n`,
      },
      65,
      { position: { stream: "items", file: "items.csv", line: 60_002, column: "id" } },
    ],
  ];
  test.each(cases)("%s", async (_, files, code, error) => {
    const cwd = folder(files);
    expectFailure(await run("tap-csv", ["--config", "tap.json"], { cwd }), code, error);
  });

  test("header only: a stream without rows, and an empty table", async () => {
    const cwd = folder({ "tap.json": tapConfig(), "items.csv": "id,name\n", "target.json": { filepath: "x.duckdb" } });
    const ended = await pipe(["tap-csv", "--config", "tap.json"], ["target-duckdb", "--config", "target.json"], cwd);
    expect([ended.leftCode, ended.code]).toEqual([0, 0]);
    expect(await duckdbRows(join(cwd, "x.duckdb"), "SELECT count(*) AS n FROM items")).toEqual([{ n: "0" }]);
  });

  test("no permission to read", async () => {
    const cwd = folder({ "tap.json": tapConfig(), "items.csv": good });
    chmodSync(join(cwd, "items.csv"), 0o000);
    chmodSync(cwd, 0o755);
    expectFailure(await run("tap-csv", ["--config", "tap.json"], { cwd, unprivileged: true }), 64, {
      message: expect.stringContaining("items.csv"),
    });
  });
});

describe("target-duckdb", () => {
  const schema = '{"type":"SCHEMA","stream":"items","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":["id"]}\n';
  const record = (id: unknown) => `{"type":"RECORD","stream":"items","record":{"id":${JSON.stringify(id)}}}\n`;

  test("a wrong config key, and settings that would change the data", async () => {
    const cwd = folder({ "a.json": { filepth: "x" }, "b.json": { filepath: "x.duckdb", interpret_content_encoding: true } });
    expectFailure(await run("target-duckdb", ["--config", "a.json"], { cwd }), 64, {
      message: expect.stringContaining("did you mean filepath?"),
    });
    expectFailure(await run("target-duckdb", ["--config", "b.json"], { cwd }), 64, { code: "config_unsupported" });
  });

  test("a row that does not fit its schema: stream, line, column, type; nothing is kept after the last committed STATE", async () => {
    const cwd = folder({ "target.json": { filepath: "x.duckdb", commit_after_ms: 0 } });
    const input = `${schema + record(1)}{"type":"STATE","value":1}\n${record("x")}`;
    const ended = await run("target-duckdb", ["--config", "target.json"], { cwd, input });
    expectFailure(ended, 65, { code: "record_invalid", position: { stream: "items", line: 4, column: "id" } });
    expect(ended.stdout).toBe("1\n");
    expect(await duckdbRows(join(cwd, "x.duckdb"), "SELECT id FROM items")).toEqual([{ id: "1" }]);
  });

  test("the database is locked: the error names the process that holds it", async () => {
    const cwd = folder({ "target.json": { filepath: "x.duckdb" } });
    const holder = start("target-duckdb", ["--config", "target.json"], { cwd });
    holder.child.stdin?.write(schema + record(1));
    while (!existsSync(join(cwd, "x.duckdb"))) await new Promise((resolve) => setTimeout(resolve, 50));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const ended = await run("target-duckdb", ["--config", "target.json"], { cwd, input: schema });
    expectFailure(ended, 69, { message: expect.stringContaining(String(holder.child.pid)) });
    holder.child.stdin?.end();
    expect((await holder.ended).code).toBe(0);
  });

  test("no permission to write", async () => {
    const cwd = folder({ "target.json": { filepath: "out/x.duckdb" }, "out/.keep": "" });
    chmodSync(join(cwd, "out"), 0o555);
    chmodSync(cwd, 0o755);
    const ended = await run("target-duckdb", ["--config", "target.json"], { cwd, input: schema, unprivileged: true });
    expectFailure(ended, 64, { message: expect.stringContaining("out") });
  });
});

describe("killed in a run by tapline", () => {
  /** A project with an endless tap that sends a bookmark every 10,000 rows, appending to DuckDB. */
  function project(): string {
    return folder({
      "tapline.yml": [
        "plugins:",
        `  tap-weather: { executable: ${JSON.stringify(join(sdkFixtures, "tap-weather.mjs"))}, config: { station: Ulm, hours: 3000000 } }`,
        "  target-duckdb: { config: { filepath: out.duckdb, load_method: append-only, commit_after_ms: 200 } }",
        "jobs: { weather: [tap-weather target-duckdb] }",
      ].join("\n"),
    });
  }

  const stateId = "dev:tap-weather-to-target-duckdb";

  const savedHour = async (cwd: string): Promise<number> => {
    const { stdout } = await run("tapline", ["state", "get", stateId], { cwd });
    return JSON.parse(stdout).bookmarks.temperatures.replication_key_value;
  };

  /** The plugin's process, found by its config in this project's folder. */
  function pidOf(plugin: string, cwd: string): number {
    const line = execFileSync("ps", ["-axww", "-o", "pid=,command="], { encoding: "utf8" })
      .split("\n")
      .find((text) => text.includes(plugin) && text.includes("--config") && text.includes(realpathSync(cwd)));
    if (line === undefined) throw new Error(`${plugin} is not running`);
    return Number.parseInt(line, 10);
  }

  test.each(["tap-weather", "target-duckdb"])(
    "%s: the run fails and names it, and no rows after the last bookmark are kept",
    async (victim) => {
      const cwd = project();
      const { ended } = start("tapline", ["run", "weather"], { cwd });
      while ((await run("tapline", ["state", "get", stateId], { cwd })).code !== 0)
        await new Promise((resolve) => setTimeout(resolve, 100));
      process.kill(pidOf(victim, cwd), "SIGKILL");
      const { code, stdout, stderr } = await ended;
      expect(code).toBe(1);
      expect(`${stdout}\n${stderr}`.trim().split("\n").at(-1)).toMatch(new RegExp(`^Failed: ${victim}.*SIGKILL`));
      const [row] = await duckdbRows(
        join(cwd, "out.duckdb"),
        "SELECT count(*) AS n, count(DISTINCT hour) AS hours, max(hour) AS last FROM temperatures",
      );
      const saved = await savedHour(cwd);
      expect(saved).toBeGreaterThan(0);
      expect(row?.n).toBe(row?.hours);
      // A commit whose STATE was lost with its target may be ahead of the store; rows after the last cut are never there.
      if (victim === "tap-weather") expect(Number(row?.last)).toBe(saved);
      else expect(Number(row?.last)).toBeGreaterThanOrEqual(saved);
    },
  );
});
