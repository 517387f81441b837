import { expect, test } from "vitest";
import { describedRows, type ReadOptions } from "./described-rows.ts";
import { typescriptOf } from "./typescript.ts";

const typescript = async (source: unknown, options: Partial<ReadOptions> = {}): Promise<string> =>
  typescriptOf(
    describedRows(typeof source === "string" ? source : JSON.stringify(source), { path: "orders.json", ...options }),
    "tapline codegen",
  );

test("of a JSON Schema: the interface, and a schema that carries it; references within the document are resolved", async () => {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "order",
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "integer" },
      note: { type: ["string", "null"] },
      title: { type: "string" },
      lines: { type: "array", items: { $ref: "#/$defs/line" } },
    },
    $defs: { line: { title: "Line", type: "object", properties: { item: { enum: ["a", "b"] } }, required: ["item"] } },
  };
  const text = await typescript(schema);
  expect(text).toContain("export interface Order {\n  id: number;\n  note?: string | null;\n  title?: string;\n");
  expect(text).toContain('item: "a" | "b";');
  expect(text).toContain("export const orderSchema = {");
  expect(text).toContain("as unknown as TypedSchema<Order>;");
  expect(text).not.toContain("$ref");
});

test("of an OpenAPI document, each schema of an object; nullable is null", async () => {
  const yaml = `
openapi: 3.0.3
components:
  schemas:
    Order:
      type: object
      required: [id, shop]
      properties:
        id: { type: integer }
        shop: { $ref: "#/components/schemas/shop-owner" }
        paid_at: { type: string, format: date-time, nullable: true }
        state: { type: string, nullable: true, enum: [new, done] }
    shop-owner: { type: object, properties: { name: { type: string }, nullable: { type: boolean }, orders: { type: array, items: { $ref: "#/components/schemas/Order" } } } }
    State: { type: string }
`;
  const text = await typescript(yaml, { path: "openapi.yaml" });
  expect([...text.matchAll(/export interface (\w+)/g)].map(([, name]) => name)).toEqual(["Order", "ShopOwner"]);
  expect(text).toContain("paid_at?: string | null;");
  expect(text).toMatch(/state\?: "new" \| "done" \| null;/);
  expect(text).toContain("nullable?: boolean;");
});

test("of a catalog, each stream with its keys", async () => {
  const schema = { type: "object", properties: { id: { type: "integer" }, at: { type: ["null", "string"] } } };
  const text = await typescript({
    streams: [{ tap_stream_id: "public-orders", stream: "public-orders", schema, key_properties: ["id"], metadata: [] }],
  });
  expect(text).toContain("export interface PublicOrders {\n  id?: number;\n  at?: null | string;\n}");
  expect(text).toContain('export const publicOrdersKeys = ["id"] as const;');
});

test("of records: as JSON, JSON lines, and below a path", async () => {
  const rows = [
    { id: 1, name: "a" },
    { id: 2, name: null, price: 1.5 },
  ];
  const text = await typescript(rows);
  expect(text).toMatch(
    /export interface Orders \{\n {2}id\?: null \| number;\n {2}name\?: null \| string;\n {2}price\?: null \| number;\n\}/,
  );
  expect(await typescript(rows.map((row) => JSON.stringify(row)).join("\n"), { path: "orders.jsonl" })).toBe(text);
  expect(await typescript({ data: rows }, { records: "$.data[*]" })).toBe(text);
});

test("what it can't be made of is told", async () => {
  await expect(typescript("just text")).rejects.toMatchObject({ code: "codegen_unknown_form" });
  await expect(typescript("[")).rejects.toMatchObject({ code: "codegen_unreadable" });
  await expect(typescript([])).rejects.toMatchObject({ code: "codegen_empty" });
  await expect(
    typescript({
      streams: [
        { tap_stream_id: "a-b", schema: {} },
        { tap_stream_id: "a_b", schema: {} },
      ],
    }),
  ).rejects.toMatchObject({ code: "codegen_names_meet" });
  // Nothing outside the document is read.
  expect(
    await typescript({ type: "object", properties: { a: { $ref: "file:///etc/passwd" }, b: { $ref: "http://127.0.0.1:9/x" } } }),
  ).toContain("a?: ");
});
