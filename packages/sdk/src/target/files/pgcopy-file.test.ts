/** Files of binary COPY as records: any values in any pieces, and files that are cut. Types against a real server: `postgres-random-types.test.ts`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BatchMessage, TaplineError } from "@tapline/protocol";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { pgHeader } from "../../pgcopy/form.ts";
import { PgRowLines } from "../../pgcopy/row-lines.ts";
import { readPgcopy } from "./pgcopy-file.ts";
import { RecordLines } from "./record-lines.ts";

const trailer = Buffer.from([0xff, 0xff]);

/** A row of texts and integers of 64 bits. */
function row(values: readonly (string | bigint | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(values.length);
  const parts = values.flatMap((value) => {
    const size = Buffer.alloc(4);
    if (value === null) return [size.fill(0xff)];
    const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.alloc(8);
    if (typeof value === "bigint") bytes.writeBigInt64BE(value);
    size.writeInt32BE(bytes.length);
    return [size, bytes];
  });
  return Buffer.concat([count, ...parts]);
}

async function read(content: Buffer, { types = ["int8", "text"], max = 1 << 20 } = {}): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "pgcopy-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "rows.pgcopy");
  writeFileSync(path, content);
  const encoding = { format: "pgcopy", columns: ["id", "name"], types };
  const message = { type: "BATCH" as const, stream: "s", encoding, manifest: [], version: 7 } satisfies BatchMessage;
  const lines = new RecordLines(message, path, {});
  const found: string[] = [];
  await using handle = await open(path);
  const broken = (reason: string): Error => new Error(reason);
  for await (const { bytes, count, firstLine } of readPgcopy(handle, lines, { encoding, maxRowBytes: max, broken })) {
    expect(firstLine).toBe(found.length + 1);
    const texts = bytes.toString().split("\n").slice(0, -1);
    expect(texts).toHaveLength(count);
    found.push(...texts);
  }
  expect(lines.rows).toBe(found.length);
  return found;
}

const line = (id: bigint | null, name: string | null): string =>
  `{"type":"RECORD","stream":"s","record":{"id":${id},"name":${JSON.stringify(name)}},"version":7}`;

test("any texts and integers, and nulls", async () => {
  const value = fc.tuple(
    fc.option(fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -100n, max: 2n ** 33n }))),
    fc.option(fc.string({ unit: "binary", maxLength: 40 })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 20 }), async (rows) => {
      const found = await read(Buffer.concat([pgHeader, ...rows.map(row), trailer]));
      expect(found).toEqual(rows.map(([id, name]) => line(id, name)));
    }),
    { numRuns: 60 },
  );
});

test("rows that are longer than what is read at once, among many short ones", async () => {
  const rows = Array.from({ length: 30_000 }, (_, id): [bigint, string] => [
    BigInt(id),
    id % 10_000 === 5 ? '"'.repeat(700_000) : `n${id}`,
  ]);
  const found = await read(Buffer.concat([pgHeader, ...rows.map(row), trailer]));
  expect(found.length).toBe(30_000);
  expect(found.every((text, id) => text === line(...(rows[id] as [bigint, string])))).toBe(true);
});

const good = Buffer.concat([pgHeader, row([1n, "a"]), row([2n, "b"]), trailer]);

test.each<[string, Buffer, object, string]>([
  ["another file", Buffer.from("id,name\n1,a\n"), {}, "it does not begin as a binary COPY does"],
  ["a file without an end", good.subarray(0, -2), {}, "the file is cut"],
  ["a file that is cut in a row", good.subarray(0, -5), {}, "the file is cut"],
  ["bytes after the end", Buffer.concat([good, trailer]), {}, "there are bytes after its end"],
  ["a row with other values", Buffer.concat([pgHeader, row([1n]), trailer]), {}, "row 1 has 1 of 2 values"],
  ["a type that there is not", good, { types: ["int8", "point"] }, "the message does not name its columns and their types"],
])("%s is refused", async (_, content, options, reason) => {
  await expect(read(content, options)).rejects.toThrow(reason);
});

test("a row that is too long is refused, with its place", async () => {
  const content = Buffer.concat([pgHeader, row([1n, "a"]), row([2n, "x".repeat(900_000)]), trailer]);
  await expect(read(content, { max: 100_000 })).rejects.toMatchObject({
    code: "line_too_long",
    position: { line: 2 },
  } satisfies Partial<TaplineError>);
});

test("a buffer that a long row made large is given back", () => {
  const rows = new PgRowLines([{ name: "a", type: "text" }], { head: Buffer.alloc(0), tail: () => Buffer.from("\n") });
  rows.write(row(["x".repeat(8 << 20)]), 0);
  expect(rows.take().byteLength).toBe((8 << 20) + 9);
  rows.write(row(["y"]), 0);
  const bytes = rows.take();
  expect(bytes.toString()).toBe('{"a":"y"}\n');
  expect(bytes.buffer.byteLength).toBeLessThan(1 << 20);
});
