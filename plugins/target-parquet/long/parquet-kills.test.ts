/**
 * target-parquet with a root on this computer: killed at random moments, and on a disk that fills up in mid-file. No file is half, no row is
 * lost or doubled, and what no manifest lists is gone after the next start. The disk is a small file system in memory, so the suite must run
 * as root to mount one.
 * Covers: packages/sdk/src/target, packages/columns/src, packages/duckdb/src, plugins/target-parquet/src, plugins/target-parquet/test, plugins/target-parquet/long
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@tapline/testing/seeded-random";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/load-lines.ts";
import { readStream } from "../test/read-stream.ts";
import { loadUnderFire } from "../test/under-fire.ts";
import bars from "./parquet-kills.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const bin = fileURLToPath(new URL("../bin/target-parquet.js", import.meta.url));

test.each([
  ["appends", [], {}],
  ["upserts", ["id"], {}],
  ["upserts in partitions", ["id"], { partition_by: { b: ["text"] }, file_rows: 100 }],
])("%s, killed at random moments: ledger and rows agree each time, every row is there once at the end", async (_, keys, settings) => {
  const random = seededRandom(19);
  // A load that ends before its kill leaves the rest of the kills to another folder.
  for (let kills = 0; kills < bars.kills; ) {
    const folder = temporaryFolder();
    const lake = join(folder, "lake");
    const root = { settings: { destination_path: lake, ...settings }, look: async () => lake };
    kills += await loadUnderFire(root, folder, keys, bars.kills - kills, random);
  }
});

const stateEvery = 2000;
const ids = 20_000;

describe.each(bars.seeds)("seed %i", (seed) => {
  describe.each(bars.megabytes)("a disk of %i MB is full in mid-file", (megabytes) => {
    test.each(["append-only", "upsert", "overwrite"])("%s: cause and remedy, and only what was committed is there", async (method) => {
      await using disk = mounted(megabytes);
      const lake = join(disk.path, "lake");
      const { code, error, states } = await load(seed, 60_000, { destination_path: lake, load_method: method });
      expect(code).toBe(69);
      expect(error).toMatchObject({ class: "connection", message: expect.stringMatching(/no space|ENOSPC/i) });
      expect(error?.hint).toContain("Free disk space");
      const covered = states.at(-1)?.n ?? 0;
      if (method === "overwrite") expect(covered).toBe(0);
      await expectRows(lake, method, covered);
      // The next start sweeps; it needs a little room for the manifest.
      const again = await load(seed, 0, { destination_path: lake, load_method: "append-only" });
      expect([again.code, again.error?.message]).toEqual([0, undefined]);
      const names = readdirSync(lake, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      expect(names.filter(({ name }) => !name.endsWith(".parquet")).map(({ name }) => name)).toEqual(["_tapline_manifest.json"]);
      expect(names).toHaveLength(1 + listedFiles(lake));
      await expectRows(lake, method, covered);
    });
  });
});

async function expectRows(lake: string, method: string, covered: number): Promise<void> {
  const rows = (existsSync(lake) ? await readStream("s", lake) : null) ?? [];
  expect(rows).toHaveLength(method === "upsert" ? Math.min(covered, ids) : covered);
  expect(new Set(rows.map(({ id }) => String(id))).size).toBe(Math.min(covered, ids));
}

const listedFiles = (lake: string): number =>
  JSON.parse(readFileSync(join(lake, "_tapline_manifest.json"), "utf8")).streams.flatMap(({ files }: { files: unknown[] }) => files).length;

function mounted(megabytes: number): AsyncDisposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "parquet-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0755`, "tapline-parquet-disk", path], { stdio: "pipe" });
  } catch (error) {
    rmSync(path, { recursive: true });
    throw new Error(`this suite mounts a small file system and needs the right to (root): ${(error as Error).message}`);
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      execFileSync("umount", [path]);
      rmSync(path, { recursive: true });
    },
  };
}

interface Loaded {
  code: number | null;
  error: { class: string; message: string; hint: string } | undefined;
  states: { n: number }[];
}

async function load(seed: number, rows: number, settings: object): Promise<Loaded> {
  const config = join(temporaryFolder(), "config.json");
  writeFileSync(config, JSON.stringify({ ...settings, batch_size_rows: stateEvery }));
  const child = spawn(process.execPath, [bin, "--config", config], { stdio: "pipe" });
  let [out, said] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input(seed, rows));
  const [code] = await once(child, "close");
  const lines = (text: string) =>
    text
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { code, error: lines(said).find(({ type }) => type === "error"), states: lines(out) };
}

/** Rows of about 700 bytes that do not compress. */
function input(seed: number, rows: number): string {
  let at = seed;
  const noise = (): string => {
    at = (Math.imul(at, 1_103_515_245) + 12_345) >>> 0;
    return at.toString(36);
  };
  const schema = { properties: { id: { type: "integer" }, t: { type: "string" } } };
  const lines = [JSON.stringify({ type: "SCHEMA", stream: "s", schema, key_properties: ["id"] })];
  for (let n = 1; n <= rows; n++) {
    const record = { id: (n * 7919) % ids, t: Array.from({ length: 100 }, noise).join("") };
    lines.push(JSON.stringify({ type: "RECORD", stream: "s", record }));
    if (n % stateEvery === 0) lines.push(JSON.stringify({ type: "STATE", value: { n } }));
  }
  return `${lines.join("\n")}\n`;
}
