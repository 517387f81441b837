/** The executable reads the same rows from a table in any compression and encoding, from files and pipes. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { folderOf } from "./tap-run.ts";

const bin = fileURLToPath(new URL("../bin/tap-csv.js", import.meta.url));
const count = 10_000;
const text = `id;name\n${Array.from({ length: count }, (_, i) => `${i};Zoë ${i}\n`).join("")}`;
const utf16 = Buffer.from(`\uFEFF${text}`, "utf16le");
const records = Array.from({ length: count }, (_, i) => `{"id":${i},"name":"Zoë ${i}"}`).join("\n");

/** Reads each path as a separate stream, and returns those whose records differ from the table. */
async function othersOf(folder: string, paths: readonly string[], input?: Uint8Array): Promise<string[]> {
  writeFileSync(join(folder, "config.json"), JSON.stringify({ files: paths.map((path) => ({ entity: path, path })) }));
  const child = spawn(process.execPath, [bin, "--config", "config.json"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.end(input);
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (piece) => {
    out += piece;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  const read = new Map<string, string[]>(paths.map((path) => [path, []]));
  for (const [, stream, record] of out.matchAll(/"stream":"([^"]+)","record":(\{[^}]*\})/g))
    read.get(stream as string)?.push(record as string);
  return paths.filter((path) => read.get(path)?.join("\n") !== records);
}

test("compressed files, other encodings and archives give the same rows", async () => {
  const folder = folderOf({
    "plain.csv": text,
    "packed.csv.gz": gzipSync(text),
    "packed.csv.zst": zstdCompressSync(utf16),
    "wide.csv": utf16,
    "latin.csv": Buffer.from(text, "latin1"),
  });
  execFileSync("python3", ["-c", "import zipfile; zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED).write('wide.csv')"], { cwd: folder });
  expect(await othersOf(folder, ["plain.csv", "packed.csv.gz", "packed.csv.zst", "wide.csv", "latin.csv", "a.zip"])).toEqual([]);
});

test("standard input, compressed or not, and a named pipe give the same rows", async () => {
  const folder = folderOf({ "plain.csv": text });
  execFileSync("mkfifo", ["pipe"], { cwd: folder });
  spawn("sh", ["-c", "cat plain.csv > pipe"], { cwd: folder });
  expect(await othersOf(folder, ["/dev/stdin", "pipe"], Buffer.from(text))).toEqual([]);
  expect(await othersOf(folder, ["/dev/stdin"], gzipSync(utf16))).toEqual([]);
});
