/** Keys identify rows, whatever the batches, the types of the keys and the keys before. */
import assert from "node:assert/strict";
import { exactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { assertRefused, type DialectUnderTest, dialectCheck } from "./subject.ts";

const integer: JsonSchema = { type: ["null", "integer"] };
const text: JsonSchema = { type: ["null", "string"] };

export const keyChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck(
    "keys that come again, in a batch and across batches: the last row wins, whatever the size of the batches",
    async (session) => {
      const properties = { a: integer, b: text, n: integer };
      const rows: Row[] = Array.from({ length: 120 }, (_, n) => ({ a: (n * 7) % 20, b: n % 3 === 0 ? "x,y" : "x", n }));
      const last = [...new Map(rows.map((row) => [`${row.a} ${row.b}`, row])).values()];
      for (const batch_size_rows of [1, 100_000]) {
        const stream = `of ${batch_size_rows}`;
        const parts = rows.map((row, at) => records(stream, [row]) + (at % 10 === 9 ? state(at) : ""));
        const { summaries } = await session.piped(schema(stream, properties, ["a", "b"]) + parts.join(""), { batch_size_rows });
        assertRows(await session.rows(stream), last, properties, `rows in batches of ${batch_size_rows}`);
        assertCounts(summaries.get(stream), { received: rows.length, in_table: last.length });
      }
    },
  ),
  dialectCheck(
    "values that look alike are different keys: neighbours beyond 2^53, parts that join to one text, text and the empty text",
    async (session) => {
      const properties = { a: integer, b: text, c: text, n: integer };
      const key = (a: string, b: string, c: string, n: number): Row => ({ a: exactNumber(a), b, c, n });
      const [odd, even] = ["9007199254740993", "9007199254740992"];
      const rows = [
        key(odd, "a,b", "", 1),
        key(even, "a,b", "", 2),
        key(odd, "a", ",b", 3),
        key(odd, "", "a,b", 4),
        key(odd, "a,", "b", 5),
        key(odd, "A,B", "", 6),
      ];
      const input = schema("s", properties, ["a", "b", "c"]) + records("s", rows);
      await session.piped(input);
      assertRows(await session.rows("s"), rows, properties);
      const again = rows.map((row) => ({ ...row, n: Number(row.n) + 10 }));
      await session.piped(schema("s", properties, ["a", "b", "c"]) + records("s", again));
      assertRows(await session.rows("s"), again, properties, "rows after an upsert");
    },
  ),
  dialectCheck(
    "keys that the database holds for equal, though they are spelled differently, are one: the last row wins in a batch and across them",
    async (session) => {
      const { subject, connection, schema: own } = session;
      const { names, types } = subject.dialect;
      const { prepare, type } = subject.ignoringCase;
      for (const statement of prepare) await connection.run(statement);
      await connection.run(`CREATE SCHEMA IF NOT EXISTS ${names.qualifySchema(connection.database, own)}`);
      const equal: [table: string, type: string, key: JsonSchema, first: string, second: string][] = [
        ["case", type, text, "Ann", "ann"],
        ["digits", types.decimal(9, 1), { type: "string", format: "singer.decimal" }, "1", "1.0"],
      ];
      const makers = ["with a key", "without"].flatMap((made) => equal.map((each) => [`${each[0]} ${made}`, ...each] as const));
      for (const [table, , typeOfKey] of makers) {
        const key = table.endsWith("with a key") ? " PRIMARY KEY" : "";
        const columns = `${names.quote("id")} ${typeOfKey}${key}, ${names.quote("v")} ${types.spellings.varchar}`;
        await connection.run(`CREATE TABLE ${names.qualify(connection.database, { schema: own, table })} (${columns})`);
      }
      for (const [table, , , key, first, second] of makers) {
        const send = async (...rows: Row[]): Promise<void> => {
          await session.piped(schema(table, { id: key, v: text }, ["id"]) + records(table, rows));
          assertRows(await session.rows(table), [{ v: rows.at(-1)?.v ?? null }], { v: text }, `rows of "${table}"`);
        };
        await send({ id: first, v: "1" }, { id: second, v: "2" });
        await send({ id: second, v: "3" }, { id: first, v: "4" });
        await send({ id: second, v: "5" });
      }
    },
  ),
  dialectCheck(
    "a key that is null or missing is an error with its position, or a rejected row, and no other row is lost",
    async (session) => {
      const properties = { a: integer, b: text, n: integer };
      const good = [
        { a: 1, b: "", n: 1 },
        { a: 2, b: "x", n: 2 },
      ];
      for (const bad of [
        { a: 3, b: null, n: 3 },
        { a: 3, n: 3 },
        { a: null, b: "x", n: 3 },
      ]) {
        const input = schema("s", properties, ["a", "b"]) + records("s", [...good, bad]);
        const { failure } = await session.pipe(input);
        assertRefused(failure, "key_missing");
        assert.equal((failure as { position: { line?: number } }).position.line, 4);
        assert.equal(await session.leftBehind("s"), null, "a load that failed left a table");
      }
      const bad = [{ a: 3, b: null, n: 3 }, { n: 4 }, { a: 5, n: 5 }];
      const { summaries } = await session.piped(schema("s", properties, ["a", "b"]) + records("s", [...bad, ...good]), {
        on_error: "reject",
      });
      assertRows(await session.rows("s"), good, properties);
      const codes = (await session.rows("s__rejects")).map(({ code }) => code);
      assert.deepEqual(codes, ["key_missing", "key_missing", "key_missing"]);
      assertCounts(summaries.get("s"), { received: 5, loaded: 2, rejected: 3, in_table: 2 });
    },
  ),
  dialectCheck("keys that change between runs, or are dropped: the keys that the stream has now identify rows", async (session) => {
    const properties = { id: integer, part: integer, n: integer };
    const run = (keys: readonly string[], rows: readonly Row[]) => session.piped(schema("s", properties, keys) + records("s", rows));
    const row = (id: number, part: number, n: number): Row => ({ id, part, n });
    await run(["id"], [row(1, 1, 1), row(2, 1, 2)]);
    await run(["id", "part"], [row(1, 2, 3), row(2, 1, 4)]);
    assertRows(await session.rows("s"), [row(1, 1, 1), row(1, 2, 3), row(2, 1, 4)], properties, "rows under more keys");
    await run(["part", "id"], [row(1, 2, 5)]);
    assertRows(await session.rows("s"), [row(1, 1, 1), row(1, 2, 5), row(2, 1, 4)], properties, "rows under keys in another order");
    await run([], [row(1, 1, 6), row(1, 1, 6)]);
    const appended = [row(1, 1, 1), row(1, 1, 6), row(1, 1, 6), row(1, 2, 5), row(2, 1, 4)];
    assertRows(await session.rows("s"), appended, properties, "rows without a key");
    await run(["id", "part"], [row(1, 1, 7), row(3, 1, 8)]);
    assertRows(await session.rows("s"), [row(1, 1, 7), row(1, 2, 5), row(2, 1, 4), row(3, 1, 8)], properties, "rows under keys again");
    const inOne = schema("s", properties, ["id", "part"]) + records("s", [row(1, 1, 9), row(4, 1, 1)]);
    await session.piped(`${inOne}${schema("s", properties, ["id"])}${records("s", [row(4, 2, 2), row(5, 1, 3)])}`);
    const changed = [row(1, 1, 9), row(1, 2, 5), row(2, 1, 4), row(3, 1, 8), row(4, 2, 2), row(5, 1, 3)];
    assertRows(await session.rows("s"), changed, properties, "rows after keys changed in mid-stream");
  }),
  dialectCheck("a table of keys alone has each of them once, and reports how often they arrived", async (session) => {
    const stream = { name: "s", properties: { a: integer, b: text }, keys: ["a", "b"] };
    const row = (a: number, b: string): Row => ({ a, b });
    assert.deepEqual(await session.load(stream, [[row(1, "x"), row(1, "y")], [row(1, "x")]]), { inserted: 2, updated: 0, superseded: 1 });
    assert.deepEqual(await session.load(stream, [[row(1, "y"), row(2, "x")]]), { inserted: 1, updated: 1, superseded: 0 });
    assertRows(await session.rows("s"), [row(1, "x"), row(1, "y"), row(2, "x")], stream.properties);
  }),
];
