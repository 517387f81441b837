import fc from "fast-check";
import { expect, test } from "vitest";
import type { RowForm } from "../discover/types.ts";
import { cellText, RowLines, shortest } from "./row-lines.ts";

const parts = { head: Buffer.from('{"record":'), tail: () => Buffer.from("}\n") };

/** As the server sends it. */
function cell(value: Buffer | string | null): Buffer {
  if (value === null) return Buffer.of(0xfb);
  const bytes = Buffer.from(value as string);
  if (bytes.length < 0xfb) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const size = Buffer.alloc(4);
  size[0] = 0xfd;
  size.writeUIntLE(bytes.length, 1, 3);
  return Buffer.concat([size, bytes]);
}

function lineOf(form: RowForm, value: Buffer | string | null, nullZeros = false): unknown {
  const lines = new RowLines([{ name: "v", form, nullZeros }], parts);
  const row = cell(value);
  const misfit = lines.write(row, 0, row.length);
  if (misfit >= 0) return "misfit";
  return (JSON.parse(Buffer.from(lines.take()).toString()) as { record: { v: unknown } }).record.v;
}

test("any text arrives as it is, of any length", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }).filter((text) => text.isWellFormed())), (texts) => {
      const lines = new RowLines(
        texts.map((_, i) => ({ name: `c${i}`, form: "text" })),
        parts,
      );
      const row = Buffer.concat(texts.map(cell));
      expect(lines.write(row, 0, row.length)).toBe(-1);
      const { record } = JSON.parse(Buffer.from(lines.take()).toString()) as { record: Record<string, string> };
      expect(Object.values(record)).toEqual(texts);
      expect(texts.map((_, i) => cellText(row, 0, i))).toEqual(texts);
    }),
  );
  for (const length of [250, 251, 65_535, 65_536, 300_000]) expect(lineOf("text", '"'.repeat(length))).toBe('"'.repeat(length));
});

test.each<[RowForm, string | Buffer | null, unknown]>([
  ["text", null, null],
  ["date", "2024-02-29", "2024-02-29"],
  ["date", "2023-02-29", "misfit"],
  ["date", "2024-00-10", "misfit"],
  ["date", "0000-00-00", "misfit"],
  ["datetime", "2024-02-29 23:59:59.000001", "2024-02-29T23:59:59.000001Z"],
  ["datetime", "2024-12-31 00:00:00", "2024-12-31T00:00:00Z"],
  ["datetime", "0000-00-00 00:00:00", "misfit"],
  ["time", "23:59:59.5", "23:59:59.5"],
  ["time", "24:00:00", "misfit"],
  ["time", "838:59:59", "misfit"],
  ["time", "-00:00:01", "misfit"],
  ["boolean", "1", true],
  ["boolean", "2", "misfit"],
  ["boolean", "-1", "misfit"],
  ["json", '{"a":\n\t[1.5]}', { a: [1.5] }],
  ["json", "[1.]", "[1.]"],
  ["json", '"\\x"', '"\\x"'],
  ["bits", Buffer.from("ff01", "hex"), 0xff01],
  ["base64", Buffer.from("00ff01", "hex"), "AP8B"],
  ["float", "0.10000000149011612", 0.1],
  [
    "geometry",
    Buffer.from("e6100000010100000000000000000000000000000000000000", "hex"),
    "0101000020E610000000000000000000000000000000000000",
  ],
])("%s of %s is %s", (form, value, expected) => {
  expect(lineOf(form, value)).toEqual(expected);
});

test("a date of zeros is null where the policy says so, and another that is none is not", () => {
  expect([lineOf("date", "0000-00-00", true), lineOf("datetime", "0000-00-00 00:00:00.000000", true)]).toEqual([null, null]);
  expect(lineOf("date", "2024-00-00", true)).toBe("misfit");
});

test("the shortest digits of a single are that single, and no other", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => Object.is(Math.fround(Number(shortest(value))), value + 0)),
  );
});
