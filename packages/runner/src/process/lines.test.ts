import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readLines } from "./lines.ts";

async function split(chunks: readonly Uint8Array[], maxLength?: number): Promise<string[]> {
  const lines: string[] = [];
  await readLines(Readable.from(chunks), (line) => lines.push(line), maxLength === undefined ? {} : { maxLength });
  return lines;
}

test("any text comes back line by line under any chunking of its bytes", async () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, ""));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(50)), async (lines, sizes) => {
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(""));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of sizes) {
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(await split([...chunks, bytes.subarray(at)].filter((chunk) => chunk.length > 0))).toEqual(lines);
    }),
  );
});

test("a last line without an end is given, an empty rest is not", async () => {
  expect(await split([Buffer.from("a\r\nb")])).toEqual(["a", "b"]);
  expect(await split([Buffer.from("a\n")])).toEqual(["a"]);
});

test("an endless line is dropped at the limit and the next one is whole", async () => {
  expect(await split([Buffer.from("abc\ndefgh"), Buffer.from("ij\nxy\n")], 4)).toEqual(["abc", "xy"]);
});

test("a stream that is broken off gives what it had, and ends", async () => {
  const stream = new PassThrough();
  const lines: string[] = [];
  const done = readLines(stream, (line) => lines.push(line));
  stream.write("a\nb");
  setTimeout(() => stream.destroy(), 20);
  await done;
  expect(lines).toEqual(["a", "b"]);
});
