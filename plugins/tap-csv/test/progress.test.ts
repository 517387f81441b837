/** How much of its files the real tap reports to have read. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

const bin = fileURLToPath(new URL("../bin/tap-csv.js", import.meta.url));
let folder: string;
const sizes: Record<string, number> = {};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tap-csv-progress-"));
  const rows = Array.from({ length: 150_000 }, (_, id) => `${id},item ${(id * 7919) % 150_000},${(id * 104_729) % 9973}.50\n`).join("");
  const text = `id,name,price\n${rows}`;
  for (const [name, bytes] of [
    ["plain.csv", Buffer.from(text)],
    ["packed.csv.gz", gzipSync(text)],
    ["latin.csv", Buffer.from(`${text}9999999,Müller,1.00\n`, "latin1")],
  ] as const) {
    writeFileSync(join(folder, name), bytes);
    sizes[name] = bytes.length;
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Progress {
  done: number;
  total: number;
  unit: string;
}

function progressOf(files: readonly object[], ...args: string[]): Promise<Progress[]> {
  writeFileSync(join(folder, "config.json"), JSON.stringify({ files }));
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, maxBuffer: 2 ** 28 };
    execFile(process.execPath, [bin, "--config", "config.json", ...args], options, (error, _out, err) => {
      if (error !== null) return reject(error);
      const lines = err.split("\n").filter((line) => line.includes('"type":"progress"'));
      resolve(lines.map((line) => JSON.parse(line)));
    });
  });
}

const entry = (path: string) => ({ entity: path.replaceAll(".", "_"), path, keys: ["id"] });

test("the bytes of all its files, compressed or in any encoding, up to the last", async () => {
  const found = await progressOf(Object.keys(sizes).map(entry));
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  expect(found.at(-1)).toEqual({ type: "progress", done: total, total, unit: "bytes" });
  expect(new Set(found.map((each) => each.total))).toEqual(new Set([total]));
  const done = found.map((each) => each.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
});

test("nothing where no row is read", async () => {
  expect(await progressOf([entry("plain.csv")], "--discover")).toEqual([]);
});
