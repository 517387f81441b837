/** A database that can't grow: a limit on the size of files takes the part of a full disk: it needs no rights, and the same writes fail. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { read, temporaryFolder } from "./database.ts";

const bin = fileURLToPath(new URL("../bin/target-duckdb.js", import.meta.url));
const schema =
  '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"},"t":{"type":"string"}}},"key_properties":["id"]}\n';

/** `count` rows of a kilobyte that no compression makes small, with a STATE after every 500. */
function input(count: number): string {
  let seed = 1;
  const noise = (): string => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed.toString(36);
  };
  const lines = Array.from({ length: count }, (_, index) => {
    const id = index + 1;
    const record = JSON.stringify({ type: "RECORD", stream: "s", record: { id, t: Array.from({ length: 150 }, noise).join("") } });
    return id % 500 === 0 ? `${record}\n{"type":"STATE","value":{"n":${id}}}\n` : `${record}\n`;
  });
  return schema + lines.join("");
}

async function load(folder: string, rows: number, kilobytes?: number): Promise<{ code: number; stdout: string; stderr: string }> {
  writeFileSync(join(folder, "config.json"), JSON.stringify({ filepath: join(folder, "d.duckdb"), batch_size_rows: 500 }));
  const limit = kilobytes === undefined ? "" : `ulimit -f ${kilobytes}; `;
  const child = spawn("bash", ["-c", `${limit}exec "$@"`, "bash", process.execPath, bin, "--config", "config.json"], { cwd: folder });
  child.stdin.on("error", () => {});
  child.stdin.end(input(rows));
  const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

const lastState = (stdout: string): number => JSON.parse(stdout.trim().split("\n").at(-1) || '{"n":0}').n;

test.each([
  ["from the first batch on", 100],
  ["after some commits", 3000],
])("a file that may not grow %s: the cause and the remedy, and only what was committed is there", async (_, kilobytes) => {
  const folder = temporaryFolder();
  const { code, stdout, stderr } = await load(folder, 8000, kilobytes);
  const error = JSON.parse(stderr.trim().split("\n").at(-1) as string);
  expect({ code, error: error.code, class: error.class }).toEqual({ code: 64, error: "file_limit_reached", class: "config" });
  expect(error.message).toMatch(/too large/i);
  expect(error.hint).toContain("ulimit -f");
  expect(stderr).not.toMatch(/\n +at /);
  const reported = lastState(stdout);
  if (kilobytes > 1000) expect(reported).toBeGreaterThan(0);
  const path = join(folder, "d.duckdb");
  const tables = await read(path, "SELECT count(*) FROM duckdb_tables()");
  const rows = String(tables[0]?.[0]) === "0" ? [["0", null]] : await read(path, "SELECT count(*)::VARCHAR, max(id)::VARCHAR FROM s");
  expect(rows).toEqual([[String(reported), reported === 0 ? null : String(reported)]]);
  // With room again the same input comes out whole.
  expect((await load(folder, 8000)).code).toBe(0);
  expect(await read(path, "SELECT count(*)::VARCHAR FROM s")).toEqual([["8000"]]);
});
