import { expect, test } from "vitest";
import { sharedStringsXml } from "../../test/workbook-file.ts";
import { readerOf } from "../source/bytes.ts";
import { SharedStrings } from "./shared-strings.ts";

const textOf = (strings: SharedStrings, index: number): string => {
  const { first, ends, bytes } = strings.find(index);
  return bytes.toString("utf8", index === first ? 0 : ends[index - first - 1], ends[index - first]);
};

const failed = (reason: string): Error => new Error(reason);

function stringsOf(texts: readonly string[], memoryBytes: number): SharedStrings {
  let rest: Buffer | undefined = Buffer.from(sharedStringsXml(texts));
  const reader = readerOf(
    async () => {
      const piece = rest;
      rest = undefined;
      return piece;
    },
    async () => {},
  );
  return new SharedStrings(reader, failed, { memoryBytes });
}

test("texts are found in any order, in memory and in the file", async () => {
  const texts = Array.from({ length: 60_000 }, (_, i) =>
    i % 3000 === 7 ? `long ${"é".repeat(50_000)} of ${i}, "q"` : `text ${i % 3} of ${i}, "q"`,
  );
  await using strings = stringsOf(texts, 256 * 1024);
  await strings.load(100);
  expect(strings.count).toBeLessThan(texts.length);
  await strings.load(texts.length - 1);
  for (let i = 0, index = 0; i < 5000; i++, index = (index + 7919) % texts.length) {
    expect(textOf(strings, index)).toBe(`"${(texts[index] as string).replaceAll('"', '""')}"`);
  }
});

test("a text that is not there is an error", async () => {
  await using strings = stringsOf(["a"], 1000);
  await expect(strings.load(1)).rejects.toThrow("there are only 1");
});
