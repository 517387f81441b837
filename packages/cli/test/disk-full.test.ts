/** State and history that can't grow: a limit on the size of files replaces a full disk, as it needs no rights and fails the same writes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Answer, linesOf, makeProject, runFolders, tapline } from "./tapline.ts";

const id = "dev:tap-test-to-target-test";

async function limited(folder: string, kilobytes: number, args: readonly string[]): Promise<Pick<Answer, "code" | "out" | "err">> {
  const bin = fileURLToPath(new URL("../bin/tapline.js", import.meta.url));
  const command = ["-c", `ulimit -f ${kilobytes}; exec "$@"`, "bash", process.execPath, bin, ...args];
  const child = spawn("bash", command, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const [[code], out, err] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

test("a bookmark that can't be kept stops the run with cause and remedy, and the one before it stands", async () => {
  const folder = makeProject({ rows: 10 });
  expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
  // The tap now sends more than the store may keep.
  const project = readFileSync(join(folder, "tapline.yml"), "utf8");
  writeFileSync(join(folder, "tapline.yml"), project.replace('"rows":10', '"rows":400,"pause_ms":2'));
  const { code, err } = await limited(folder, 96, ["run", "pipe"]);
  const last = err.trimEnd().split("\n").at(-1) as string;
  expect(last).toMatch(/^Failed: tapline: State and history can't be kept in .*tapline\.db: .*disk.* — .*free space.*ulimit -f/);
  expect(err).not.toMatch(/\n\s+at /);
  expect(code).toBe(1);
  expect(runFolders(folder)).toEqual([]);
  const { out } = await tapline(folder, ["state", "get", id]);
  const kept = JSON.parse(out).bookmarks.items.replication_key_value;
  expect(kept).toBeGreaterThan(10);
  const loaded = linesOf(folder, "loaded.txt");
  expect(loaded).toEqual(ids(loaded.length));
  expect(loaded.length).toBeGreaterThanOrEqual(kept);
  expect(loaded.length).toBeLessThan(400);
  // With room again it continues from the bookmark that was kept.
  expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
  expect(linesOf(folder, "loaded.txt").slice(loaded.length)).toEqual(ids(400).slice(kept));
});

test("a store that can't even be made is reported before anything is started", async () => {
  const folder = makeProject({ rows: 3 });
  const { code, err } = await limited(folder, 4, ["run", "pipe"]);
  expect(err).toMatch(/State and history can't be kept in .*tapline\.db/);
  expect(code).toBe(1);
  expect(linesOf(folder, "loaded.txt")).toEqual([]);
  expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
  expect(linesOf(folder, "loaded.txt")).toEqual(["1", "2", "3"]);
});
