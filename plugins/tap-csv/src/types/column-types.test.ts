import { metadataAt } from "@tapline/sdk";
import { describe, expect, test } from "vitest";
import { cellCheck, describeType, schemaOf } from "./column-type.ts";
import { ColumnTypes, columnMetadata, configuredType, widerType } from "./column-types.ts";
import { type GivenTypeSettings, typingOf } from "./type-settings.ts";
import { valueFormat } from "./value-format.ts";

const typing = (settings: Partial<GivenTypeSettings> = {}) => typingOf({ columns: {}, null_values: [], ...settings }, { stream: "s" });

const price = { type: "decimal", scale: 2, format: "1.234,56" } as const;

describe("settings", () => {
  test("give a column its type, scale and format", () => {
    const set = typing({ columns: { price, day: { type: "date", format: "%d.%m.%Y" }, amount: { type: "decimal", format: "$1,234.5" } } });
    expect(configuredType("price", set)).toMatchObject({ schema: { type: ["null", "number"], multipleOf: 0.01 }, format: "1.234,56" });
    expect(configuredType("day", set)).toMatchObject({ schema: { type: ["null", "string"], format: "date" }, format: "%d.%m.%Y" });
    expect(configuredType("amount", set)).toMatchObject({ kind: "decimal", scale: 1 });
    expect(configuredType("other", set)).toBeUndefined();
  });

  test.each([
    [{ type: "decimal" }, "needs a scale"],
    [{ type: "decimal", format: "1,234" }, "needs a scale"],
    [{ type: "integer", scale: 2 }, "can't have a scale"],
    [{ type: "date", format: "D/M/Y" }, `can't have the format "D/M/Y"`],
    [{ type: "date-time", format: "%Y-%m-%d %H:%M" }, "can't have the format"],
    [{ type: "string", format: "x" }, "can't have the format"],
  ] as const)("%j is refused: it %s", (column, problem) => {
    const error = expect.objectContaining({
      code: "column_type_unusable",
      message: expect.stringContaining(problem),
      position: { stream: "s", column: "x" },
    });
    expect(() => typing({ columns: { x: column } })).toThrow(error);
  });

  test("an unknown zone is refused", () => {
    expect(() => typing({ time_zone: "Europe/Berlinn" })).toThrow(expect.objectContaining({ code: "time_zone_unknown" }));
  });
});

describe("a column's type while it is read", () => {
  const inferred = { kind: "decimal", scale: 2, schema: {}, format: "1,234.56", evidence: "it is" } as const;
  const metadata = [columnMetadata("price", inferred)];
  const schema = schemaOf({ kind: "decimal", scale: 2 });
  const types = (settings: Partial<GivenTypeSettings> = {}, hasCatalog = false) =>
    new ColumnTypes(metadata, { typing: typing(settings), hasCatalog, replicationKey: "at", infersAll: false });
  const bytes = (text: string) => [Buffer.from(text), 0, Buffer.byteLength(text)] as const;

  test("has the format from the catalog, unless settings or the schema override it", () => {
    expect(metadataAt({ metadata }, ["properties", "price"])).toEqual({ "tap-csv.format": "1,234.56", "tap-csv.evidence": "it is" });
    expect(types().of("price", schema).format?.text).toBe("1,234.56");
    expect(types({ columns: { price } }).of("price", schema).format?.text).toBe("1.234,56");
    expect(types().of("price", { type: "string" })).toEqual({ kind: "string", scale: 0 });
    expect(types().of("other", schema)).toEqual({ kind: "decimal", scale: 2 });
    expect(types({ null_values: ["-"] }).of("price", schema).nulls).toEqual([Buffer.from("-")]);
  });

  test("breaks as set; by default detected types are widened, and types from a catalog fail", () => {
    expect([types().onBreak("price"), types({}, true).onBreak("price")]).toEqual(["widen", "fail"]);
    expect(types({ on_type_break: "reject" }).onBreak("price")).toBe("reject");
    expect(types({ on_type_break: "widen" }, true).onBreak("price")).toBe("widen");
    expect(types({ columns: { price } }).onBreak("price")).toBe("fail");
    expect(types({ columns: { price }, on_type_break: "reject" }).onBreak("price")).toBe("reject");
    expect(types().onBreak("at")).toBe("fail");
  });

  test("widens to fit the value, and keeps the rest of the schema and the number format", () => {
    const wide = types();
    const next = wide.widen("price", { ...schema, title: "Price" }, ...bytes("1,000.125"));
    expect(next).toEqual({ type: ["null", "number"], multipleOf: 0.001, title: "Price" });
    expect(wide.of("price", next)).toMatchObject({ kind: "decimal", scale: 3, format: { text: "1,234.56" } });
    const text = wide.widen("price", next, ...bytes("ask us"));
    expect(text).toEqual({ type: ["null", "string"], title: "Price" });
    expect(wide.of("price", text)).toMatchObject({
      kind: "string",
      scale: 0,
      was: { kind: "decimal", scale: 3, format: { text: "1,234.56" } },
    });
  });
});

test.each([
  ["integer", 0, "1.5", "decimal 1"],
  ["integer", 0, "9223372036854775808", "string 0"],
  ["integer", 0, "007", "string 0"],
  ["integer", 0, `1.${"1".repeat(20)}`, "string 0"],
  ["decimal", 2, "1.505", "decimal 3"],
  ["decimal", 2, `${"1".repeat(20)}.505`, "string 0"],
  ["decimal", 2, "1e5", "string 0"],
  ["number", 0, "x", "string 0"],
  ["boolean", 0, "1", "string 0"],
  ["date", 0, "2026-01-31T00:00:00Z", "string 0"],
  ["time", 0, "24:00:00", "string 0"],
] as const)("%s(%i) widened for %s: %s", (kind, scale, text, expected) => {
  const wider = widerType({ kind, scale }, Buffer.from(text), 0, text.length);
  expect(`${wider.kind} ${wider.scale}`).toBe(expected);
  expect(cellCheck(wider)(Buffer.from(text), 0, text.length)).toBe(true);
});

test("the expected value names the format", () => {
  const format = valueFormat("date", "%d/%m/%Y");
  expect(describeType({ kind: "date", scale: 0, ...(format && { format }) })).toBe("a date in the format %d/%m/%Y");
  expect(describeType({ kind: "time", scale: 0 })).toContain("HH:MM:SS");
});
