/** Runs of tapline whose rows go as files: both sides agree by themselves, nothing is left behind, and kills lose and double nothing. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { seededRandom } from "@tapline/testing/seeded-random";
import { expect, onTestFinished, test, vi } from "vitest";
import { duckdbRows } from "./duckdb.ts";
import { root } from "./repository.ts";

interface Project {
  folder: string;
  start(...args: string[]): ChildProcess;
  run(...args: string[]): Promise<{ code: number; output: string }>;
  ids(): Promise<number[]>;
}

/** Settings that each plugin gets besides its usual ones. */
interface More {
  tap?: object;
  target?: object;
}

/** `rows`: of a file with so many bytes each. */
function project(rows: number, rowBytes: number, moreIn: (folder: string) => More = () => ({})): Project {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "batch-runs-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const more = moreIn(folder);
  const note = "x".repeat(rowBytes);
  writeFileSync(join(folder, "items.csv"), `id,note\n${Array.from({ length: rows }, (_, id) => `${id},${note}\n`).join("")}`);
  const executable = (name: string): string => join(root, `plugins/${name}/bin/${name}.js`);
  const filepath = join(folder, "loaded.duckdb");
  const plugins = {
    "tap-csv": {
      executable: executable("tap-csv"),
      config: { files: [{ entity: "items", path: join(folder, "items.csv") }], ...more.tap },
    },
    "target-duckdb": {
      executable: executable("target-duckdb"),
      config: { filepath, commit_after_ms: 100, batch_max_bytes: 20_000, threads: 1, ...more.target },
    },
  };
  writeFileSync(
    join(folder, "tapline.yml"),
    JSON.stringify({ plugins, jobs: { plain: { steps: ["tap-csv target-duckdb"], batch: "off" } } }),
  );
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [join(root, "packages/cli/bin/tapline.js"), ...args], {
      cwd: folder,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    folder,
    start,
    async run(...args) {
      const child = start(...args);
      const output = Promise.all([child.stdout, child.stderr].map((stream) => text(stream as NodeJS.ReadableStream)));
      const [code] = (await once(child, "close")) as [number];
      return { code, output: (await output).join("") };
    },
    ids: async () => (await duckdbRows(filepath, "SELECT id FROM items ORDER BY id")).map(({ id }) => Number(id)),
  };
}

const everyId = (rows: number): number[] => Array.from({ length: rows }, (_, id) => id);

test("a large file goes as files where both plugins can, and as records with batch: off", async () => {
  const rows = 90_000;
  const large = project(rows, 100);
  const { code, output } = await large.run("run", "tap-csv", "target-duckdb");
  expect(output).toContain("items: 90,000 rows went as files");
  expect(code).toBe(0);
  expect(await large.ids()).toEqual(everyId(rows));
  expect(
    readdirSync(join(large.folder, ".tapline/running")).filter((name) => existsSync(join(large.folder, ".tapline/running", name, "batch"))),
  ).toEqual([]);
  for (const args of [
    ["plain", "--state-id-suffix", "again"],
    ["tap-csv", "target-duckdb", "--batch", "off", "--full-refresh", "--replace"],
  ]) {
    const off = await large.run("run", ...args);
    expect(off.code).toBe(0);
    expect(off.output).not.toContain("went as files");
  }
  expect(await large.ids()).toEqual(everyId(rows));
});

/** The first is a folder that the user named, whose files stay; the second is the load's own. */
test.each(["batch_inputs", "batch_folder"])("kills at any moment lose and double no row of files in %s", async (setting) => {
  const rows = 6000;
  const isOwn = setting === "batch_folder";
  const next = seededRandom(isOwn ? 20_261_201 : 20_261_130);
  const settings = (folder: string): More => ({
    tap: { batch_config: { encoding: { format: "csv" }, storage: { root: pathToFileURL(join(folder, "out")).href }, batch_size: 60 } },
    target: isOwn ? { batch_folder: join(folder, "out") } : {},
  });
  const begun = performance.now();
  await project(rows, 30, settings).run("run", "tap-csv", "target-duckdb");
  const wholeMs = performance.now() - begun;
  const killed = project(rows, 30, settings);
  let kills = 0;
  for (let round = 0; round < 10; round++) {
    const child = killed.start("run", "tap-csv", "target-duckdb");
    const ended = once(child, "close");
    child.stdout?.resume();
    child.stderr?.resume();
    const timer = setTimeout(() => process.kill(-(child.pid as number), "SIGKILL"), (0.2 + 0.6 * next()) * wholeMs);
    const [code] = (await ended) as [number | null];
    clearTimeout(timer);
    if (code === null) kills++;
    if (code === null && isOwn) await expectDeletedAreStored(killed);
    if (code === 0) break;
  }
  expect(kills).toBeGreaterThan(0);
  const since = Date.now();
  const last = await killed.run("run", "tap-csv", "target-duckdb");
  expect(last.output).not.toContain("rror");
  expect(last.code).toBe(0);
  expect(await killed.ids()).toEqual(everyId(rows));
  if (isOwn) expect(madeFiles(killed).filter(({ startedAt }) => startedAt >= since)).toEqual([]);
});

/** The files that are there, by the time at which their tap started and by their number. */
function madeFiles({ folder }: Project): { path: string; startedAt: number; number: number }[] {
  const out = join(folder, "out");
  if (!existsSync(out)) return [];
  const files = readdirSync(out).map((name) => {
    const [, startedAt, number] = name.split("-") as [string, string, string];
    return { path: join(out, name), startedAt: Number.parseInt(startedAt, 36), number: Number.parseInt(number, 10) };
  });
  return files.sort((a, b) => a.startedAt - b.startedAt || a.number - b.number);
}

/** Rows before the first file that the last tap left were in files that were deleted, so they must be durable. */
async function expectDeletedAreStored(killed: Project): Promise<void> {
  const files = madeFiles(killed);
  const first = files.find(({ startedAt }) => startedAt === files.at(-1)?.startedAt);
  const text = first && readFileSync(first.path, "utf8");
  if (text === undefined || text === "") return;
  const from = Number(text.slice(0, text.indexOf(",")));
  // DuckDB's file stays locked until the killed target is gone.
  if (from > 0) expect((await vi.waitFor(killed.ids, 20_000)).filter((id) => id < from)).toEqual(everyId(from));
}
