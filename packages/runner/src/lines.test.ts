import fc from "fast-check";
import { expect, test } from "vitest";
import { splitLines } from "./lines.ts";

function split(chunks: readonly Uint8Array[], maxLength?: number): string[] {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line), maxLength === undefined ? {} : { maxLength });
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test("any text comes back line by line under any chunking of its bytes", () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, ""));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(50)), (lines, sizes) => {
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(""));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const size of sizes) {
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(split([...chunks, bytes.subarray(at)])).toEqual(lines);
    }),
  );
});

test("a last line without an end is given, an empty rest is not", () => {
  expect(split([Buffer.from("a\r\nb")])).toEqual(["a", "b"]);
});

test("an endless line is cut at the limit and the next one is whole", () => {
  expect(split([Buffer.from("abc"), Buffer.from("defgh\nxy\n")], 4)).toEqual(["abcd", "xy"]);
});
