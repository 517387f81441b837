/** Rows of COPY text become the JSON that the values are, in whatever pieces the bytes come. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellText } from "./cell-text.ts";
import { CopyFrames } from "./copy-frames.ts";
import { escapeCopy } from "./copy-in/escape.ts";
import { type CopyForm, CopyLines } from "./copy-lines.ts";

const parts = { head: Buffer.from('{"record":'), tail: () => Buffer.from("}\n") };
const columns = (forms: readonly CopyForm[]) => forms.map((form, i) => ({ name: `c${i}`, form }));

/** As the server writes text; `escapeCopy` leaves out the escapes that a client need not write. */
const serverText = (value: string | null): string =>
  value === null ? "\\N" : escapeCopy(value).replaceAll("\b", "\\b").replaceAll("\f", "\\f").replaceAll("\v", "\\v");
const rowText = (cells: readonly (string | null)[]): Buffer => Buffer.from(`${cells.map(serverText).join("\t")}\n`);

function convert(forms: readonly CopyForm[], row: Buffer): Record<string, unknown> | number {
  const lines = new CopyLines(columns(forms), parts);
  const misfit = lines.write(row, 0, row.length);
  return misfit >= 0 ? misfit : JSON.parse(Buffer.from(lines.take()).toString()).record;
}

describe("a row", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.integer({ min: 1, max: 0x9f }).map((code) => String.fromCharCode(code)) }),
  );
  test("of text is the same text in JSON", () => {
    fc.assert(
      fc.property(fc.array(fc.option(text), { minLength: 1, maxLength: 5 }), (cells) => {
        const row = rowText(cells);
        expect(
          Object.values(
            convert(
              cells.map((): CopyForm => "text"),
              row,
            ) as object,
          ),
        ).toEqual(cells);
        expect(cells.map((_, i) => cellText(row, 0, i))).toEqual(cells);
      }),
    );
  });
  test("of JSON is the same JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        // JSON has no -0.
        expect(convert(["json"], rowText([text]))).toEqual({ c0: JSON.parse(text) });
      }),
    );
  });
  test("longer than the buffer is whole", () => {
    const long = '"\u0001\\'.repeat(400_000);
    expect(convert(["text", "bare"], rowText([long, "1"]))).toEqual({ c0: long, c1: 1 });
  });
  test("without columns is an object without properties", () => {
    expect(convert([], Buffer.from("\n"))).toEqual({});
  });
  test.each<[CopyForm, string, unknown]>([
    ["bare", "12345678.90", 12345678.9],
    ["finite", "-0.50", -0.5],
    ["finite", "NaN", 0],
    ["finite", "-Infinity", 0],
    ["boolean", "t", { c0: true }],
    ["boolean", "f", { c0: false }],
    ["word", "10.0.0.1/24", { c0: "10.0.0.1/24" }],
    ["date", "2024-02-29", { c0: "2024-02-29" }],
    ["date", "infinity", 0],
    ["date", "-infinity", 0],
    ["date", "0044-03-15 BC", 0],
    ["date", "10000-01-01", 0],
    ["timestamp", "2024-02-29 23:59:59.123456", { c0: "2024-02-29T23:59:59.123456Z" }],
    ["timestamp", "0044-03-15 12:00:00 BC", 0],
    ["timestamp", "10000-01-01 00:00:00", 0],
    ["timestamptz", "2024-02-29 23:59:59+00", { c0: "2024-02-29T23:59:59Z" }],
    ["timestamptz", "0044-03-15 12:00:00+00 BC", 0],
    ["timestamptz", "infinity", 0],
  ])("%s: %s", (form, value, expected) => {
    const converted = convert([form], Buffer.from(`${value}\n`));
    expect(converted).toEqual(typeof expected === "number" && expected !== 0 ? { c0: expected } : expected);
  });
  test("counts JSON's null, which arrives like SQL's", () => {
    const lines = new CopyLines(columns(["json"]), parts);
    for (const value of ["null", "[]", '"null"']) lines.write(rowText([value]), 0, value.length + 1);
    lines.write(Buffer.from("\\N\n"), 0, 3);
    expect([...lines.jsonNulls]).toEqual([1]);
  });
});

test("rows are found in bytes that come in any pieces, and what follows them is given back", () => {
  const message = (kind: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head.write(kind);
    head.writeUInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 })), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (rows, sizes) => {
      const end = Buffer.concat([message("c", Buffer.alloc(0)), message("C", Buffer.from("COPY\0")), message("Z", Buffer.from("I"))]);
      const bytes = Buffer.concat([
        message("H", Buffer.alloc(7)),
        ...rows.flatMap((row, i) => [...(i === 1 ? [message("N", Buffer.from("notice"))] : []), message("d", Buffer.from(row))]),
        end,
      ]);
      const frames = new CopyFrames();
      const found: string[] = [];
      let at = 0;
      let rest: Buffer | undefined;
      for (let i = 0; rest === undefined && at < bytes.length; i++) {
        const size = sizes[i % sizes.length] as number;
        rest = frames.feed(bytes.subarray(at, at + size));
        at += size;
        while (frames.next()) found.push(frames.bytes.toString("utf8", frames.start, frames.end));
      }
      expect(found).toEqual(rows);
      expect(Buffer.concat([rest ?? Buffer.alloc(0), bytes.subarray(at)]).toString()).toBe(end.toString());
    }),
  );
});
