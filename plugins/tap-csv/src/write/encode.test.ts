import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quotedFlag } from "../rows/cells.ts";
import { type ColumnType, columnType } from "../types/column-type.ts";
import { nullsOf } from "../types/null-values.ts";
import { type ValueFormat, valueFormat } from "../types/value-format.ts";
import { cellEncoder } from "./encode.ts";
import { escapedGrowth } from "./escape.ts";

/** The JSON text, or undefined when the cell does not fit the type. */
function encode(schema: Parameters<typeof columnType>[0], text: string, flags = 0): string | undefined {
  return encodeAs(columnType(schema), text, flags);
}

function encodeAs(type: ColumnType, text: string, flags = 0): string | undefined {
  const input = Buffer.from(`x${text}y`);
  const out = new Uint8Array(6 * input.length + 10);
  const end = cellEncoder(type)(input, 1, input.length - 1, flags, out, 3);
  return end < 0 ? undefined : Buffer.from(out.subarray(3, end)).toString();
}

describe("strings", () => {
  test("are the same as from JSON.stringify", () => {
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
  [{ type: "string", format: "time" }, "23:59:59.5", '"23:59:59.5"'],
  [{ type: "string", format: "time" }, "24:00:00", undefined],
  [{ type: "string", format: "email" }, "12", '"12"'],
  [{ type: ["string", "integer"] }, "12", '"12"'],
  [{ type: "object" }, "12", '"12"'],
  [{ anyOf: [{ type: "integer" }, { type: "null" }] }, "12", '"12"'],
  [undefined, "12", '"12"'],
])("%j makes of %s: %s", (schema, text, expected) => {
  expect(encode(schema, text)).toBe(expected);
});

test.each(["integer", "number", "boolean", "date", "time", "date-time"])("an empty %s is null, in quotes or not", (kind) => {
  const schema = /date|time/.test(kind) ? { type: "string", format: kind } : { type: kind };
  expect([encode(schema, ""), encode(schema, "", quotedFlag)]).toEqual(["null", "null"]);
});

describe("formats and null markers", () => {
  const written = (schema: Parameters<typeof columnType>[0], format: string, text: string): string | undefined => {
    const type = columnType(schema);
    return encodeAs({ ...type, format: valueFormat(type.kind, format) as ValueFormat }, text);
  };
  test.each([
    [{ type: "number", multipleOf: 0.01 }, "1.234,56 €", "-1.234,50 €", "-1234.50"],
    [{ type: "number", multipleOf: 0.01 }, "1.234,56", "1,234", undefined],
    [{ type: "integer" }, "1,234", "9,223,372,036,854,775,807", "9223372036854775807"],
    [{ type: "integer" }, "1,234", "9,223,372,036,854,775,808", undefined],
    [{ type: "integer" }, "1,234", "", "null"],
    [{ type: "string", format: "date" }, "%d.%m.%Y", "1.2.2026", '"2026-02-01"'],
    [{ type: "string", format: "time" }, "%H:%M", "9:5", '"09:05:00"'],
    [{ type: "boolean" }, "j/n", "J", "true"],
    [{ type: "boolean" }, "j/n", "true", undefined],
  ])("%j written %s: %j is %s", (schema, format, text, expected) => {
    expect(written(schema, format, text)).toBe(expected);
  });

  test("a null word is null in any type, except in quotes in a text column", () => {
    const nulls = nullsOf(["NULL", "-"]);
    expect(encodeAs({ kind: "integer", scale: 0, nulls }, "-")).toBe("null");
    expect(encodeAs({ kind: "integer", scale: 0, nulls }, "-", quotedFlag)).toBe("null");
    expect(encodeAs({ kind: "integer", scale: 0, nulls }, "-5")).toBe("-5");
    expect(encodeAs({ kind: "string", scale: 0, nulls }, "NULL")).toBe("null");
    expect(encodeAs({ kind: "string", scale: 0, nulls }, "NULL", quotedFlag)).toBe('"NULL"');
    expect(encodeAs({ kind: "string", scale: 0, nulls }, "")).toBe("null");
  });
});
