import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { Output } from "./output.ts";

const folder = mkdtempSync(join(tmpdir(), "output-"));

/** A pipe that holds 64 KiB. */
function pipe(name: string): { read: number; write: number } {
  const path = join(folder, name);
  execFileSync("mkfifo", [path]);
  const both = openSync(path, "r+");
  const [write, read] = [openSync(path, "w"), openSync(path, "r")];
  closeSync(both);
  return { read, write };
}

test("the producer works ahead while nobody reads, up to a bound, and its buffer may be used again", async () => {
  const { read, write } = pipe("ahead");
  const output = new Output(write);
  const piece = Buffer.alloc(1 << 20);
  let written = 0;
  const producer = (async () => {
    for (; written < 20; written++) {
      piece.fill(written);
      await output.write(piece);
    }
    await output.written();
  })();
  await setTimeout(200);
  expect(written).toBe(8);
  const all = Buffer.alloc(20 << 20);
  for (let at = 0; at < all.length; ) {
    at += readSync(read, all, at, all.length - at, null);
    await setTimeout(0);
  }
  await producer;
  for (let index = 0; index < 20; index++) expect(all.subarray(index << 20, (index + 1) << 20).every((byte) => byte === index)).toBe(true);
});

test("pieces of any size arrive in order", async () => {
  const path = join(folder, "file");
  const output = new Output(openSync(path, "w"));
  const pieces = [10, 5 << 20, 0, 3, 1 << 20, 9 << 20, 1].map((size, index) => Buffer.alloc(size, index + 1));
  for (const piece of pieces) await output.write(piece);
  await output.written();
  expect(readFileSync(path).equals(Buffer.concat(pieces))).toBe(true);
});

test("a reader that went away fails the next write, and the end", async () => {
  const { read, write } = pipe("closed");
  const output = new Output(write);
  closeSync(read);
  await output.write(Buffer.alloc(1 << 20));
  await setTimeout(50);
  await expect(output.write(Buffer.alloc(10))).rejects.toMatchObject({ code: "output_closed" });
  await expect(output.written()).rejects.toMatchObject({ code: "output_closed" });
});
