/** Names that differ in case from those of tables that are there, and names that a setting spells otherwise. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { changesOf } from "./schema-change-checks.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck, typesIn } from "./subject.ts";

const integer: JsonSchema = { type: "integer" };
const text: JsonSchema = { type: ["null", "string"] };
const properties: Record<string, JsonSchema> = { id: integer, customerName: text };
const named = (id: number, customerName: string): Row => ({ id, customerName });
const plain = { add_record_metadata: false };

export const foundNameChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("a table of others, or its column, whose name differs only in case is used; its own stays apart", async (session) => {
    const stored = (...rows: Row[]): Row[] => rows.map(({ id, customerName }) => ({ id, customername: customerName }));
    const found: Record<string, JsonSchema> = { id: integer, customername: text };
    await make(session, "customerorders", "id BIGINT, customername VARCHAR(20)");
    await make(session, "shared", "id BIGINT, customername VARCHAR(20)");
    for (const run of [1, 2]) {
      const sent = [named(1, `first ${run}`), named(2, `second ${run}`)];
      await session.piped(schema("CustomerOrders", properties, ["id"]) + records("CustomerOrders", sent), plain);
      assertRows(await session.rows("customerorders"), stored(...sent), found, `rows after run ${run}`);
      assert.deepEqual(Object.keys(await typesIn(session, "customerorders")), ["id", "customername"], "the table got a column");
    }
    const both = schema("shared", { ...properties, CustomerName: text }, ["id"]) + records("shared", [named(1, "x")]);
    const { failure } = await session.pipe(both, plain);
    assertRefused(failure, "column_shared");
    for (const name of ["customerName", "CustomerName"])
      assert.ok(String(failure).includes(JSON.stringify(name)), `${failure} does not name ${name}`);
    assertRows(await session.rows("shared"), [], found, "rows of a load that failed");
  }),
  dialectCheck("snake_case: tables and columns are spelled so, found again, and kept apart from others of that name", async (session) => {
    const settings = { table_names: "snake_case", column_names: "snake_case" };
    const sent = (id: number): Row => ({ id, customerName: `a${id}`, customer_name: `b${id}`, "Net price": `c${id}` });
    const all: Record<string, JsonSchema> = { id: integer, customerName: text, "Net price": text };
    const { summaries } = await session.piped(
      schema("CustomerOrders", all, ["id"]) + records("CustomerOrders", [{ id: 1, customerName: "a1", "Net price": "c1" }]),
      settings,
    );
    assert.ok(
      (summaries.get("CustomerOrders")?.changes ?? []).some(({ kind }) => kind === "table_renamed"),
      "the table's name is not reported",
    );
    const later = { customer_name: text, ...all };
    const again = await session.piped(schema("CustomerOrders", later, ["id"]) + records("CustomerOrders", [sent(2), sent(3)]), settings);
    const renamed = changesOf(again, "CustomerOrders").filter(({ kind }) => kind === "column_renamed");
    assert.deepEqual(
      renamed.map(({ column }) => column),
      ["customer_name"],
    );
    const other = String(renamed[0]?.to);
    const wanted = [
      { id: 1, customer_name: "a1", net_price: "c1" },
      ...[2, 3].map((id) => ({ id, customer_name: `a${id}`, net_price: `c${id}`, [other]: `b${id}` })),
    ];
    assertRows(await session.rows("customer_orders"), wanted, { id: integer, customer_name: text, net_price: text, [other]: text });
  }),
  dialectCheck("names that a setting would change in a loaded table are an error that says how to replace it", async (session) => {
    const asIs = {};
    const snake = { column_names: "snake_case" };
    const settings = [asIs, snake];
    for (const [at, first] of settings.entries()) {
      const stream = `names${at}`;
      const input = schema(stream, properties, ["id"]) + records(stream, [named(1, "old")]);
      const second = settings[1 - at] as Record<string, unknown>;
      await session.piped(input, first);
      assertChanged((await session.pipe(input, second)).failure);
      await session.piped(input, first);
      await session.piped(input, { ...second, load_method: "overwrite" });
      const [column] = Object.keys(await typesIn(session, stream)).filter((name) => name !== "id");
      assert.equal(column, second === snake ? "customer_name" : "customerName");
    }
    const orders = schema("NewOrders", { id: integer }, ["id"]) + records("NewOrders", [{ id: 1 }]);
    await session.piped(orders);
    assertChanged((await session.pipe(orders, { table_names: "snake_case" })).failure);
    assert.equal(await session.leftBehind("new_orders"), null, "a load that failed left a table");
    await session.piped(orders, { table_names: "snake_case", load_method: "overwrite" });
    assertRows(await session.rows("new_orders"), [{ id: 1 }], { id: integer });
  }),
];

function assertChanged(failure: unknown): void {
  assertRefused(failure, "names_changed");
  assert.ok((failure as { hint: string }).hint.includes("--full-refresh --replace"), "the hint does not name --full-refresh --replace");
}

/** A table as others make it. */
async function make({ subject, connection, schema: own }: DialectSession, table: string, columns: string): Promise<void> {
  const { names } = subject.dialect;
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${names.qualifySchema(connection.database, own)}`);
  await connection.run(`CREATE TABLE ${names.qualify(connection.database, { schema: own, table })} (${columns})`);
}
