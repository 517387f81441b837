/**
 * The disk of a PostgreSQL server fills up during a load: the error names the cause and the fix, and only committed rows are there. Its tables
 * are on a small file system in memory, so the suite must run as root to mount one.
 * Covers: packages/postgres/src, packages/columns/src, packages/sql/src, plugins/target-postgres/src, packages/workspace/long/disk-full.test.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@tapline/testing/postgres";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import { type Ended, lastJsonLine, run } from "../src/command.ts";
import bars from "./disk-full.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

type Server = Awaited<ReturnType<typeof startPostgres>>;

const { megabytes, seeds } = bars;
const stateEvery = 2000;

let disk: string;
let server: Server;

beforeAll(async () => {
  disk = mkdtempSync(join(tmpdir(), "disk-full-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0755`, "tapline-disk-full", disk], { stdio: "pipe" });
  } catch (error) {
    rmSync(disk, { recursive: true });
    throw new Error(`this suite mounts a small file system and needs the right to (root): ${(error as Error).message}`);
  }
  server = await startPostgres({ folder: disk });
});

afterAll(async () => {
  await server?.stop();
  execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true });
});

describe.each(seeds)("seed %i", (seed) => {
  test.each(["append-only", "upsert"])("%s: the cause, the remedy, and only what was committed is there", async (method) => {
    await withDatabase(`full_${seed}_${method.replace("-", "_")}`, async (query, config) => {
      const rows = 150_000;
      const ended = await load(seed, rows, { ...config, load_method: method });
      const error = lastJsonLine(ended.stderr);
      expect({ code: ended.code, error: error.code, class: error.class }).toEqual({
        code: 69,
        error: "server_disk_full",
        class: "connection",
      });
      expect(error.hint).toContain("Free space");
      expect(ended.stderr).not.toMatch(/\n +at /);
      const covered = lastState(ended.stdout);
      expect(covered).toBeGreaterThan(0);
      expect(covered).toBeLessThan(rows);
      expect(await query("SELECT count(*), max(id) FROM s")).toEqual([[String(covered), String(covered)]]);
    });
  });
});

test("once there is room again, the same load completes", async ({ task }: TestContext) => {
  task.meta.result = { seeds, megabytes, rounds: seeds.length * 2 };
  await withDatabase("again", async (query, config) => {
    expect((await load(1, 150_000, config)).code).toBe(69);
    await query("TRUNCATE s");
    expect((await load(1, 10_000, config)).code).toBe(0);
    expect(await query("SELECT count(*), max(id) FROM s")).toEqual([["10000", "10000"]]);
  });
});

type Query = (sql: string) => Promise<unknown[][]>;

/** Removed together with the file that fills the disk. */
async function withDatabase(name: string, work: (query: Query, config: object) => Promise<void>): Promise<void> {
  const admin = queryOf("postgres");
  await admin(`CREATE DATABASE ${name}`);
  try {
    await work(queryOf(name), { ...server.address, database: name });
  } finally {
    await admin(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin("CHECKPOINT");
  }
}

function queryOf(database: string): Query {
  return async (sql) => {
    const client = new pg.Client({ ...server.address, database, types: { getTypeParser: () => (value: string) => value } });
    await client.connect();
    try {
      return (await client.query({ text: sql, rowMode: "array" })).rows;
    } finally {
      await client.end();
    }
  };
}

async function load(seed: number, rows: number, config: object): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "disk-full-load-"));
  try {
    writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, batch_size_rows: stateEvery }));
    return await run("target-postgres", ["--config", "config.json"], { cwd: folder, input: input(seed, rows) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Rows of about 700 bytes that do not compress. */
function input(seed: number, rows: number): string {
  let at = seed;
  const noise = (): string => {
    at = (Math.imul(at, 1_103_515_245) + 12_345) >>> 0;
    return at.toString(36);
  };
  const lines = [
    '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"},"t":{"type":"string"}}},"key_properties":["id"]}',
  ];
  for (let id = 1; id <= rows; id++) {
    lines.push(`{"type":"RECORD","stream":"s","record":{"id":${id},"t":"${Array.from({ length: 100 }, noise).join("")}"}}`);
    if (id % stateEvery === 0) lines.push(`{"type":"STATE","value":{"n":${id}}}`);
  }
  return `${lines.join("\n")}\n`;
}

const lastState = (stdout: string): number => (JSON.parse(stdout.trim().split("\n").at(-1) || '{"n":0}') as { n: number }).n;
