/** What is stored is what was sent: every value, and every row as often as the load method wants it. */
import assert from "node:assert/strict";
import { exactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { assertRows } from "../rows.ts";
import { orderProperties, orderRows, orderSchema, orders, records, schema, state } from "./input.ts";
import { TargetSession, type TargetUnderTest } from "./subject.ts";

type TargetCheck = Check<TargetUnderTest>;

/** A check of values: the rows of one stream get an `id`, are sent once and read back. */
function stores(what: string, properties: Record<string, JsonSchema>, values: (subject: TargetUnderTest) => readonly Row[]): TargetCheck {
  return {
    name: `stores ${what}`,
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const all = { id: { type: "integer" }, ...properties };
      const rows = values(subject).map((row, id) => ({ id, ...row }));
      await session.load(schema("values", all) + records("values", rows) + state(1));
      assertRows(await session.rows("values"), rows, all);
    },
  };
}

const nullable = (type: string, more: JsonSchema = {}): JsonSchema => ({ type: ["null", type], ...more });
const number = (digits: string): unknown => exactNumber(digits);

/** Integers that doubles round, up to the limits of 64 bits. */
const wideIntegers = ["9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"];

export const contentChecks: readonly TargetCheck[] = [
  stores(
    "plain values with their types",
    { flag: nullable("boolean"), count: nullable("integer"), size: nullable("number"), text: nullable("string") },
    () => [
      { flag: true, count: 1, size: 0.1, text: "one" },
      { flag: false, count: -2, size: 1e-7, text: "true" },
      { flag: null, count: 0, size: -1.5, text: "17" },
    ],
  ),
  stores("integers of any size exactly", { n: nullable("integer") }, ({ anyInteger }) =>
    [...wideIntegers, ...(anyInteger ? ["9223372036854775808", "123456789012345678901234567890"] : [])].map((n) => ({ n: number(n) })),
  ),
  stores(
    "decimals digit by digit",
    {
      price: nullable("number", { multipleOf: 0.01 }),
      rate: { type: ["null", "string"], format: "singer.decimal", precision: 38, scale: 10 },
    },
    () => [
      { price: number("12345678901234567890.12"), rate: "1234567890123456789.0123456789" },
      { price: number("-0.07"), rate: "-0.0000000001" },
      { price: number("1.10"), rate: "0.1" },
    ],
  ),
  stores("empty text and NULL as different values", { text: nullable("string") }, () => [
    { text: "" },
    { text: null },
    {},
    { text: " " },
    { text: "NULL" },
    { text: "\\N" },
  ]),
  stores("text of any script, with quotes, commas, line ends and backslashes", { text: nullable("string") }, () =>
    [
      "Zürich",
      "日本語",
      "👩‍👩‍👧‍👦",
      "e\u0301",
      "\"quoted\", 'too'",
      "a,b;c\td",
      "line\nline\r\nline",
      "back\\slash\\n",
      "\u2028\ufeff",
      "%s {} $1",
      "x".repeat(70_000),
    ].map((text) => ({ text })),
  ),
  stores("dates and instants", { day: nullable("string", { format: "date" }), at: nullable("string", { format: "date-time" }) }, () => [
    { day: "2024-02-29", at: "2024-02-29T12:30:45.123456Z" },
    { day: "1970-01-01", at: "2024-07-01T00:30:00+02:00" },
    { day: "9999-12-31", at: "1969-12-31T23:59:59.5Z" },
    { day: null, at: null },
  ]),
  stores(
    "nested values whole",
    {
      address: { type: ["null", "object"], properties: { city: { type: "string" } } },
      tags: { type: ["null", "array"], items: { type: "string" } },
    },
    () => [
      { address: { city: "Ulm", "": { deep: [1, [2, { three: "3" }], null] } }, tags: ["a", "", "ü"] },
      { address: {}, tags: [] },
      { address: null, tags: null },
    ],
  ),
  {
    name: "stores every row of an input of many batches",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const parts = Array.from({ length: 10 }, (_, part) => orders(part * 1000 + 1, part * 1000 + 1000) + state(part));
      await session.load(orderSchema() + parts.join(""));
      assertRows(await session.rows("orders"), orderRows(1, 10_000), orderProperties);
    },
  },
  {
    name: "stores rows after the last STATE when the input ends whole",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await session.load(orderSchema() + orders(1, 3) + state(3) + orders(4, 5));
      assertRows(await session.rows("orders"), orderRows(1, 5), orderProperties);
    },
  },
  {
    name: "stores each stream's rows in a separate table",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const mixed = [1, 2, 3].map((id) => orders(id, id) + orders(id + 10, id + 10, "returns"));
      await session.load(orderSchema() + orderSchema("returns") + mixed.join("") + state(3));
      assertRows(await session.rows("orders"), orderRows(1, 3), orderProperties, "orders");
      assertRows(await session.rows("returns"), orderRows(11, 13), orderProperties, "returns");
    },
  },
  {
    name: "creates the table of a stream without rows",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await session.load(orderSchema() + state(0));
      assert.deepEqual(await session.rows("orders"), []);
    },
  },
  {
    name: "append-only: adds every row, also one that is there already",
    appliesTo: (subject) => takes(subject, "append-only"),
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const [keyed, method] = [schema("orders", orderProperties, ["id"]), { load_method: "append-only" }];
      await session.load(keyed + orders(1, 3) + orders(3, 3) + state(3), method);
      await session.load(keyed + orders(2, 4) + state(4), method);
      assertRows(await session.rows("orders"), [...orderRows(1, 3), ...orderRows(3, 3), ...orderRows(2, 4)], orderProperties);
    },
  },
  {
    name: "upsert: one row for each key, and the last one sent wins",
    appliesTo: (subject) => takes(subject, "upsert"),
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const properties: Record<string, JsonSchema> = { shop: { type: "string" }, ...orderProperties };
      const row = (shop: string, id: number, item: string | null): Row => ({ shop, id, item });
      const send = (...rows: Row[]): string => records("orders", rows) + state(rows.length);
      const keyed = schema("orders", properties, ["shop", "id"]);
      const first = send(row("a", 1, "old"), row("b", 1, "other shop"), row("a", 2, "first"), row("a", 2, "second"), row("a", 1, "new"));
      await session.load(keyed + first + send(row("a", 3, "kept"), row("b", 1, "later batch")));
      await session.load(keyed + send(row("a", 1, null), row("c", 9, "added"), row("a", 2, "third")));
      const expected = [row("a", 1, null), row("b", 1, "later batch"), row("a", 2, "third"), row("a", 3, "kept"), row("c", 9, "added")];
      assertRows(await session.rows("orders"), expected, properties);
    },
  },
  {
    name: "an equal SCHEMA again changes nothing",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      await session.load(orderSchema() + orders(1, 2) + orderSchema() + orders(3, 4) + state(4) + orderSchema());
      assertRows(await session.rows("orders"), orderRows(1, 4), orderProperties);
    },
  },
  {
    name: "a column that arrives in mid-stream is added, and no row is lost",
    async run(subject) {
      using folder = temporaryFolder();
      const session = new TargetSession(subject, folder.path);
      const wider: Record<string, JsonSchema> = { ...orderProperties, color: nullable("string") };
      const later = orderRows(3, 4).map((row) => ({ ...row, color: "red" }));
      await session.load(orderSchema() + orders(1, 2) + schema("orders", wider) + records("orders", later) + state(4));
      assertRows(await session.rows("orders"), [...orderRows(1, 2), ...later], wider);
    },
  },
];

function takes(subject: TargetUnderTest, method: "append-only" | "upsert"): boolean {
  return subject.loadMethods?.includes(method) ?? true;
}
