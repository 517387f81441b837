/** How rows meet tables: made and widened on the way, the last row of a key wins, counts are true, and a rollback leaves nothing. */
import assert from "node:assert/strict";
import { exactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import { rowBatch } from "@tapline/sdk";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck, type Stream, targetStream } from "./subject.ts";

const integer: JsonSchema = { type: ["null", "integer"] };
const text: JsonSchema = { type: ["null", "string"] };

export const loadChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("a column that is new between batches is added, and rows before it have NULL there", async (session) => {
    const narrow: Stream = { name: "s", properties: { id: integer, a: text }, keys: ["id"] };
    const wide: Stream = { ...narrow, properties: { id: integer, b: integer, a: text, c: text } };
    await session.load(narrow, [[{ id: 1, a: "one" }]]);
    await using sink = await session.sink();
    const writer = await sink.open(targetStream(narrow));
    await writer.write(rowBatch("s", [{ id: 2, a: "two" }]));
    await writer.alter(targetStream(wide));
    await writer.write(rowBatch("s", [{ id: 3, a: "three", b: 30, c: "c" }]));
    await sink.commit();
    const rows = [
      { id: 1, a: "one" },
      { id: 2, a: "two" },
      { id: 3, a: "three", b: 30, c: "c" },
    ];
    assertRows(await session.rows("s"), rows, wide.properties);
  }),
  dialectCheck("keys of several columns identify rows by each of them, whatever is in their names and values", async (session) => {
    const keys = ["a,b", ",b"];
    const stream: Stream = { name: "s", properties: { "a,b": text, ",b": text, n: integer }, keys };
    const row = (first: string, second: string, n: number): Row => ({ "a,b": first, ",b": second, n });
    const first = [row("x,y", "z", 1), row("x", "y,z", 2), row("x", ",y,z", 3), row("", "x", 4), row("x", "", 5), row("x", "y,z", 6)];
    await session.load(stream, [first, [row("", "x", 7)]]);
    await session.load(stream, [[row("x,y", "z", 8), row("x,y,z", "", 9)]]);
    const wanted = [row("x,y", "z", 8), row("x", "y,z", 6), row("x", ",y,z", 3), row("", "x", 7), row("x", "", 5), row("x,y,z", "", 9)];
    assertRows(await session.rows("s"), wanted, stream.properties);
  }),
  dialectCheck("integers beyond 2^53 are kept digit by digit, as values and as keys", async (session) => {
    const stream: Stream = { name: "s", properties: { id: integer, n: integer }, keys: ["id"] };
    const wide = ["9007199254740992", "9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"];
    const rows = wide.map((digits) => ({ id: exactNumber(digits), n: exactNumber(digits) }));
    await session.load(stream, [rows]);
    assertRows(await session.rows("s"), rows, stream.properties);
    await session.load(stream, [[{ id: exactNumber("9007199254740993"), n: 1 }]]);
    const wanted = rows.map((row, index) => (index === 1 ? { ...row, n: 1 } : row));
    assertRows(await session.rows("s"), wanted, stream.properties, "rows after an upsert of 9007199254740993");
  }),
  dialectCheck("the last row of a key wins: in a batch, over batches, over commits", async (session) => {
    const stream: Stream = { name: "s", properties: { id: integer, n: integer }, keys: ["id"] };
    let n = 0;
    const rows = (count: number, ids: number): Row[] => Array.from({ length: count }, (_, i) => ({ id: (i * 7919) % ids, n: n++ }));
    const last = new Map<unknown, Row>();
    for (const batches of [[rows(6000, 2500), rows(6000, 4000)], [rows(9000, 5000)], [rows(10, 10), rows(3000, 7000)]]) {
      await session.load(stream, batches);
      for (const row of batches.flat()) last.set(row.id, row);
    }
    assertRows(await session.rows("s"), [...last.values()], stream.properties);
  }),
  dialectCheck("a commit counts what it inserted, updated and superseded, and the table its rows", async (session) => {
    const stream: Stream = { name: "s", properties: { id: integer }, keys: ["id"] };
    const ids = (...list: number[]): Row[] => list.map((id) => ({ id }));
    assert.deepEqual(await session.load(stream, [ids(1, 2, 1), ids(2, 3)]), { inserted: 3, updated: 0, superseded: 2 });
    await using sink = await session.sink();
    const writer = await sink.open(targetStream(stream));
    await writer.write(rowBatch("s", ids(3, 4, 4, 5)));
    assert.deepEqual((await sink.commit()).counts.get("s"), { inserted: 2, updated: 1, superseded: 1 });
    assert.equal(await sink.countRows("s"), 5);
    const appended = { name: "t", properties: { id: integer } };
    assert.deepEqual(await session.load(appended, [ids(1, 1), ids(1)]), { inserted: 3, updated: 0, superseded: 0 });
    assert.deepEqual(await session.load(appended, [ids(1)]), { inserted: 1, updated: 0, superseded: 0 });
  }),
  dialectCheck("a rollback takes back tables, columns and rows, and the next load works", async (session) => {
    const narrow: Stream = { name: "kept", properties: { id: integer }, keys: ["id"] };
    const wide: Stream = { ...narrow, properties: { id: integer, extra: text } };
    await session.load(narrow, [[{ id: 1 }]]);
    await rolledBack(session, { name: "made", properties: { id: integer } }, [{ id: 1 }]);
    await rolledBack(session, wide, [{ id: 1, extra: "x" }, { id: 2 }]);
    assert.equal(await session.leftBehind("made"), null, "the table of a load that was rolled back is there");
    const keepsColumns = session.subject.dialect.traits.ddl === "commits";
    const columns = Object.keys(keepsColumns ? wide.properties : narrow.properties);
    assert.deepEqual(
      Object.keys((await session.rows("kept"))[0] ?? {}),
      columns,
      "not the columns that a load that was rolled back leaves",
    );
    assertRows(await session.rows("kept"), [keepsColumns ? { id: 1, extra: null } : { id: 1 }], wide.properties);
    await session.load(wide, [[{ id: 2, extra: "y" }]]);
    assertRows(await session.rows("kept"), [{ id: 1 }, { id: 2, extra: "y" }], wide.properties);
  }),
  dialectCheck("a SCHEMA without properties is an error at its first record, and nothing of that load is kept", async (session) => {
    const before = schema("first", { id: integer }) + records("first", [{ id: 1 }]) + schema("bare", {});
    const { failure } = await session.pipe(before + records("bare", [{ id: 1 }]), { on_error: "reject" });
    assertRefused(failure, "schema_without_properties");
    assert.equal(await session.leftBehind("first"), null, "rows of a load that failed are there");
    await session.piped(before);
    await session.piped(before + schema("bare", { id: integer }) + records("bare", [{ id: 2 }]));
    assertRows(await session.rows("bare"), [{ id: 2 }], { id: integer });
  }),
];

/** Opens, writes, merges as for a changed stream, and rolls back. */
async function rolledBack(session: DialectSession, stream: Stream, rows: readonly Row[]): Promise<void> {
  await using sink = await session.sink();
  const writer = await sink.open(targetStream(stream));
  await writer.write(rowBatch(stream.name, rows));
  await writer.alter(targetStream({ ...stream, properties: { ...stream.properties, more: text } }));
  await sink.rollback();
}
