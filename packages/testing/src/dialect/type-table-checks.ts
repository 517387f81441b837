/** Every row of the table of types, loaded and read back: columns have the types on the page, and values are kept, widened for or refused. */
import assert from "node:assert/strict";
import { exactNumber } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { typePromises } from "../types/type-promises.ts";
import { assertCounts } from "./reject-checks.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck, typesIn } from "./subject.ts";

export const typeTableChecks: readonly Check<DialectUnderTest>[] = [
  ...typePromises.map(({ name, keep }) => dialectCheck(name, (session) => keep(typesSession(session)))),
  dialectCheck("no digits are cut off in a key, where two keys could become one, and a bad time is no NULL there", async (session) => {
    const at = { type: "string", format: "date-time" };
    const keys = ["2026-01-02T03:04:05.1234561Z", "2026-01-02T03:04:05.1234562Z", "0000-00-00", "2026-01-02T03:04:05Z"];
    const rows = keys.map((key) => ({ at: key }));
    const { summaries } = await session.piped(schema("s", { at }, ["at"]) + records("s", rows), {
      on_error: "reject",
      on_bad_time: "null",
    });
    assertCounts(summaries.get("s"), { received: 4, rejected: 3, loaded: 1 });
    const codes = (await session.rows("s__rejects")).map(({ code }) => code);
    assert.deepEqual(codes.sort(), ["fraction_too_fine", "fraction_too_fine", "invalid_timestamp"]);
  }),
  dialectCheck("what is lost of values is counted once, though a batch lands again in a wider column", async (session) => {
    const properties = { n: { type: "integer" }, at: { type: "string", format: "date-time" } };
    const rows = [1, 2, exactNumber("9223372036854775808")].map((n) => ({ n, at: "2026-01-02T03:04:05.1234567Z" }));
    const { summaries } = await session.piped(schema("s", properties) + records("s", rows));
    const tolerated = (summaries.get("s")?.tolerated ?? []).map(({ kind, column, count }) => [kind, column, count]);
    assert.deepEqual(tolerated, [["fraction_cut", "at", 3]]);
  }),
  dialectCheck("a mixture with lists is stored as text where its column was text before", async (session) => {
    const before = { id: { type: "integer" }, p: { type: "string" } };
    const mixture = { anyOf: [{ type: "array", items: {} }, { type: ["null", "string"] }] };
    await session.piped(schema("s", before, ["id"]) + records("s", [{ id: 1, p: "old" }]));
    const types = await typesIn(session, "s");
    const rows = [
      { id: 2, p: ["a", "b"] },
      { id: 3, p: "c" },
    ];
    await session.piped(schema("s", { ...before, p: mixture }, ["id"]) + records("s", rows));
    assert.deepEqual(await typesIn(session, "s"), types, "types of columns");
    const wanted = [
      { id: 1, p: "old" },
      { id: 2, p: '["a","b"]' },
      { id: 3, p: "c" },
    ];
    assertRows(await session.rows("s"), wanted, before);
  }),
  dialectCheck("a key that is a list or text identifies rows", async (session) => {
    const properties = { k: { type: ["array", "string"] }, n: { type: "integer" } };
    const rows = [
      { k: ["a", "b"], n: 1 },
      { k: "a", n: 2 },
      { k: ["a", "b"], n: 3 },
    ];
    await session.piped(schema("s", properties, ["k"]) + records("s", rows));
    await session.piped(schema("s", properties, ["k"]) + records("s", [{ k: "a", n: 4 }]));
    assertRows(
      await session.rows("s"),
      [
        { k: ["a", "b"], n: 3 },
        { k: "a", n: 4 },
      ],
      properties,
    );
  }),
];

function typesSession(session: DialectSession) {
  const { dialect } = session.subject;
  return {
    name: dialect.name,
    types: dialect.types,
    piped: (input: string, settings?: Record<string, unknown>) => session.piped(input, settings),
    rows: (stream: string) => session.rows(stream),
    rowsOrNone: (stream: string) => session.rowsOrNone(stream),
    typesIn: (stream: string) => typesIn(session, stream),
  };
}
