/** Queries: they show what is stored, digit for digit, and can't change anything. Of dialects that have `connectToRead`. */
import assert from "node:assert/strict";
import type { JsonSchema, Row } from "@tapline/protocol";
import { exactNumber, TaplineError } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { assertRefused, DialectSession, type DialectUnderTest } from "./subject.ts";

const properties: Record<string, JsonSchema> = {
  id: { type: "integer" },
  amount: { type: ["null", "number"], multipleOf: 0.01 },
  big: { type: ["null", "integer"] },
  note: { type: ["null", "string"] },
  is_paid: { type: ["null", "boolean"] },
  tags: { type: ["null", "array"], items: { type: "integer" } },
};
const names = Object.keys(properties);
const rows: Row[] = [
  {
    id: 1,
    amount: exactNumber("12345678901234.05"),
    big: exactNumber("9223372036854775807"),
    note: 'a "quoted"\nline',
    is_paid: true,
    tags: [1, 2],
  },
  { id: 2, amount: -0.5, big: 0, note: "", is_paid: false, tags: [] },
  { id: 3, amount: null, big: null, note: null, is_paid: null, tags: null },
];

/** The session for writing is closed: some databases have only one, or none beside it. */
function queryCheck(name: string, run: (session: DialectSession) => Promise<void>): Check<DialectUnderTest> {
  return {
    name,
    appliesTo: ({ connectToRead }) => connectToRead !== undefined,
    async run(subject) {
      using folder = temporaryFolder();
      const session = await DialectSession.open(subject, folder.path);
      try {
        const settings = { table_names: "snake_case" };
        await session.piped(schema("NewOrders", properties, ["id"]) + records("NewOrders", rows), settings);
      } finally {
        await session.connection[Symbol.asyncDispose]();
      }
      await run(session);
    },
  };
}

export const queryChecks: readonly Check<DialectUnderTest>[] = [
  queryCheck("a query shows every value as it is stored, as many rows as are asked for, and counts the others", async (session) => {
    const { quote } = session.subject.dialect.names;
    const list = names.map(quote).join(", ");
    const sql = `SELECT ${list} FROM ${tableIn(session)} ORDER BY ${quote("id")} -- the end`;
    const all = await session.query({ sql }, { most: 2 });
    assert.deepEqual(
      all.columns.map(({ name, type }) => [name, type !== ""]),
      names.map((name) => [name, true]),
    );
    const cells = (from: readonly Row[]): string[][] => from.map((row) => names.map((name) => JSON.stringify(row[name])));
    const shown = all.rows.map((row) => row.map(asSent));
    assert.deepEqual(shown, cells(rows));
    const first = await session.query({ sql }, { most: 1, limit: 1 });
    assert.deepEqual([first.rows.length, first.more], [1, 2]);
    assert.equal((await session.query({ sql: `SELECT 1 AS a FROM ${tableIn(session)} WHERE ${quote("id")} > 99` })).rows.length, 0);
  }),
  queryCheck("a query can't change anything", async (session) => {
    const { names: own } = session.subject.dialect;
    const table = tableIn(session);
    const id = own.quote("id");
    const made = own.qualify(session.database, { schema: session.schema, table: "made_by_query" });
    const changes = [
      `DELETE FROM ${table}`,
      `UPDATE ${table} SET ${own.quote("note")} = 'x'`,
      `INSERT INTO ${table} (${id}) VALUES (4)`,
      `DROP TABLE ${table}`,
      `CREATE TABLE ${made} (id INTEGER)`,
      `CREATE TABLE ${made} AS SELECT 1 AS id`,
      `SELECT 1; DELETE FROM ${table}`,
      `COMMIT; DELETE FROM ${table}`,
      `ROLLBACK; DELETE FROM ${table}; COMMIT`,
      `WITH gone AS (DELETE FROM ${table} RETURNING ${id}) SELECT ${id} FROM gone`,
    ];
    for (const sql of changes) {
      const failure = await session.query({ sql }).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(failure instanceof TaplineError && failure.class === "config", `no error that names the cause: ${sql} (${failure})`);
      assertRows(await session.rows("new_orders"), rows, properties, `rows after ${sql}`);
      assert.equal(await session.rowsOrNone("made_by_query"), null, `there is a table after ${sql}`);
    }
  }),
  queryCheck("the rows of a stream are found under the name of its table, without its _sdc_ columns", async (session) => {
    const found = await session.query({ stream: "NewOrders" });
    assert.deepEqual(
      found.columns.map(({ name }) => name),
      names,
    );
    assert.deepEqual(found.rows.map(([id]) => id).sort(), ["1", "2", "3"]);
    const whole = await session.query({ stream: "NewOrders", metadata: true });
    assert.ok(
      whole.columns.some(({ name }) => name.startsWith("_sdc_")),
      "the metadata was asked for, and is not shown",
    );
    const missing = await session.query({ stream: "NewOrder" }).catch((error: unknown) => error);
    assertRefused(missing, "stream_not_found");
    assert.ok((missing as TaplineError).hint.includes("NewOrders"), `the hint does not name the stream that is there: ${missing}`);
  }),
];

const tableIn = ({ subject, database, schema: own }: DialectSession): string =>
  subject.dialect.names.qualify(database, { schema: own, table: "new_orders" });

/** Databases show decimals with the digits of their column, and JSON with spaces. */
function asSent(cell: string): string {
  if (/^[[{]/.test(cell)) return JSON.stringify(JSON.parse(cell));
  return /^-?\d+\.\d+$/.test(cell) ? cell.replace(/\.?0+$/, "") : cell;
}
