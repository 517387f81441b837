import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellEncoder, columnType, escapedGrowth } from "./encode.ts";
import { quotedFlag } from "./tokenize.ts";

/** The JSON text, or undefined when the cell is not of the type. */
function encode(schema: Parameters<typeof columnType>[0], text: string, flags = 0): string | undefined {
  const input = Buffer.from(`x${text}y`);
  const out = new Uint8Array(6 * input.length + 10);
  const end = cellEncoder(columnType(schema))(input, 1, input.length - 1, flags, out, 3);
  return end < 0 ? undefined : Buffer.from(out.subarray(3, end)).toString();
}

describe("strings", () => {
  test("come out as JSON.stringify writes them", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)) }),
    );
    fc.assert(
      fc.property(text, (text) => {
        expect(encode({ type: "string" }, text, quotedFlag)).toBe(JSON.stringify(text));
        const bytes = Buffer.from(text);
        expect(escapedGrowth(bytes, 0, bytes.length)).toBe(Buffer.byteLength(JSON.stringify(text)) - 2 - bytes.length);
      }),
    );
  });
  test("empty without quotes is null, with quotes it is empty", () => {
    expect(encode({ type: "string" }, "")).toBe("null");
    expect(encode({ type: "string" }, "", quotedFlag)).toBe('""');
  });
});

test.each([
  [{ type: ["null", "integer"] }, "-42", "-42"],
  [{ type: ["null", "integer"] }, "9007199254740993", "9007199254740993"],
  [{ type: "integer" }, "4.0", undefined],
  [{ type: "number", multipleOf: 0.01 }, "1.50", "1.50"],
  [{ type: "number", multipleOf: 0.01 }, "1.505", undefined],
  [{ type: "number", multipleOf: 1e-7 }, "0.1234567", "0.1234567"],
  [{ type: "number", multipleOf: 1 }, "12345678901234567890", "12345678901234567890"],
  [{ type: "number", multipleOf: 1 }, "1.5", undefined],
  [{ type: "number", multipleOf: 0.25 }, "1.333", "1.333"],
  [{ type: "number" }, "6.02e23", "6.02e23"],
  [{ type: "number" }, "6,02", undefined],
  [{ type: ["boolean", "null"] }, "TRUE", "true"],
  [{ type: ["boolean", "null"] }, "fAlSe", "false"],
  [{ type: ["boolean", "null"] }, "yes", undefined],
  [{ type: "string", format: "date" }, "2026-01-31", '"2026-01-31"'],
  [{ type: "string", format: "date" }, "31.01.2026", undefined],
  [{ type: "string", format: "date-time" }, "2026-01-31 00:00:00+01:00", '"2026-01-31 00:00:00+01:00"'],
  [{ type: "string", format: "date-time" }, "2026-01-31", undefined],
  [{ type: "string", format: "email" }, "12", '"12"'],
  [{ type: ["string", "integer"] }, "12", '"12"'],
  [{ type: "object" }, "12", '"12"'],
  [{ anyOf: [{ type: "integer" }, { type: "null" }] }, "12", '"12"'],
  [undefined, "12", '"12"'],
])("%j makes of %s: %s", (schema, text, expected) => {
  expect(encode(schema, text)).toBe(expected);
});

test.each(["integer", "number", "boolean", "date", "date-time"])("an empty %s is null, in quotes or not", (kind) => {
  const schema = kind.startsWith("date") ? { type: "string", format: kind } : { type: kind };
  expect([encode(schema, ""), encode(schema, "", quotedFlag)]).toEqual(["null", "null"]);
});
