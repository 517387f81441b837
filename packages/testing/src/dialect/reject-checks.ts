/** Rows that don't fit, where the user chose to go on: each is kept with its position and reason, in the commit of the rows around it. */
import assert from "node:assert/strict";
import { type JsonSchema, type Row, TaplineError } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema, state } from "../target/input.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

const properties: Record<string, JsonSchema> = {
  id: { type: ["null", "integer"] },
  day: { type: ["null", "string"], format: "date" },
  n: { type: ["null", "integer"] },
  at: { type: "string", format: "date-time" },
};
const reject = { on_error: "reject", unknown_fields: "fail" };
const good = (first: number, last: number): Row[] => Array.from({ length: last - first + 1 }, (_, i) => ({ id: first + i, n: i }));

/** A row of each kind that is refused, and the error. */
const refused: readonly (readonly [record: string, code: string, column: string])[] = [
  ['{"id":100,"n":"seven"}', "record_invalid", "n"],
  ['{"id":101,"day":"2024-02-30"}', "invalid_date", "day"],
  ['{"id":102,"at":"2016-12-31T23:59:60Z"}', "leap_second", "at"],
  ['{"n":12345678901234567,"day":null}', "key_missing", "id"],
  ['{"id":103,"n":1,"more":{"a":[1.50]}}', "unknown_field", "more"],
];
const refusedLines = refused.map(([record]) => `{"type":"RECORD","stream":"s","record":${record}}\n`).join("");

export const rejectChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck(
    "a row that does not fit is kept with its position, its reason and its run, and the rows around it load",
    async (session) => {
      const input = schema("s", properties, ["id"]) + records("s", good(1, 3)) + refusedLines + records("s", good(3, 5)) + state(1);
      const { summaries, states, warnings } = await session.piped(input, { ...reject, state_id: "kit", run_id: "run-1" });
      assertRows(await session.rows("s"), [...good(1, 2), ...good(3, 5)], properties);
      const kept = await session.rows("s__rejects");
      const reported = kept.map(({ stream, position, code, record, run_id }) => ({ stream, position, code, record, run_id }));
      const expected = refused.map(([record, code, column], index) => ({
        stream: "s",
        position: JSON.stringify({ line: 5 + index, column }),
        code,
        record,
        run_id: "run-1",
      }));
      assert.deepEqual(
        reported.map((row) => ({ ...row, position: JSON.stringify(plainNumbers(row.position)) })).sort(byCode),
        expected.sort(byCode),
        "the rows that were kept out",
      );
      for (const { reason, rejected_at } of kept) {
        assert.ok(typeof reason === "string" && reason !== "", "a rejected row has no reason");
        assert.ok(Number.isFinite(Date.parse(String(rejected_at))), `${rejected_at} is no time`);
      }
      assertCounts(summaries.get("s"), { received: 11, loaded: 5, inserted: 5, superseded: 1, rejected: 5, in_table: 5 });
      assert.equal(summaries.get("s")?.rejects, `${session.schema}.s__rejects`);
      assert.ok(
        warnings.some((text) => text.includes("5 rows") && text.includes("s__rejects")),
        "no warning names the rejected rows",
      );
      assert.equal(states.length, 1, "the STATE was not emitted");
    },
  ),
  dialectCheck("rejected rows are of the commit of the rows around them, and are rolled back with it", async (session) => {
    const bad = '{"type":"RECORD","stream":"s","record":{"id":100,"n":"x"}}\n';
    const first = schema("s", properties, ["id"]) + records("s", good(1, 2)) + bad + state(1);
    const { failure, states } = await session.pipe(`${first + records("s", good(3, 4)) + bad}no message\n`, {
      ...reject,
      commit_after_ms: 0,
    });
    assert.ok(failure instanceof TaplineError, "a broken input ended well");
    assert.equal(states.length, 1);
    assertRows(await session.rows("s"), good(1, 2), properties);
    assert.equal((await session.rows("s__rejects")).length, 1, "not just the rejected row of the commit is there");
    assert.deepEqual(
      await session
        .pipe(schema("t", properties) + records("t", good(1, 2)) + records("t", [{ n: "x" }]) + records("t", [{ n: "y" }]), {
          ...reject,
          max_rejects: 1,
        })
        .then(({ failure: error }) => error instanceof TaplineError && error.code),
      "too_many_rejects",
    );
    assert.deepEqual(
      [await session.leftBehind("t"), await session.leftBehind("t__rejects")],
      [null, null],
      "a load that failed left tables",
    );
  }),
  dialectCheck("max_rejects as a share is looked at before the last commit", async (session) => {
    const input = (stream: string) =>
      schema(stream, properties, ["id"]) + records(stream, good(1, 197)) + records(stream, [{ id: "a" }, { id: "b" }, { id: "c" }]);
    const { failure } = await session.pipe(input("few") + state(1), { ...reject, max_rejects: "1%" });
    assert.equal(failure instanceof TaplineError && failure.code, "too_many_rejects");
    assert.equal(await session.leftBehind("few"), null, "a load that failed left a table");
    assertCounts((await session.piped(input("more"), { ...reject, max_rejects: "1.5%" })).summaries.get("more"), {
      loaded: 197,
      rejected: 3,
    });
  }),
  dialectCheck("many rows that do not fit, in many batches: every row is in one of the two tables, and counted", async (session) => {
    const rows = Array.from({ length: 20_000 }, (_, id) =>
      id % 20 === 7 ? { id, n: id % 40 === 7 ? "x" : id, day: "2024-13-01" } : { id, n: id },
    );
    const { summaries } = await session.piped(schema("s", properties, ["id"]) + records("s", rows) + state(1), {
      ...reject,
      batch_max_bytes: 200_000,
    });
    assertRows(
      await session.rows("s"),
      rows.filter(({ id }) => id % 20 !== 7),
      properties,
    );
    const ids = (await session.rows("s__rejects")).map(({ record }) => JSON.parse(String(record)).id as number).sort((a, b) => a - b);
    assert.deepEqual(
      ids,
      rows.map(({ id }) => id).filter((id) => id % 20 === 7),
    );
    assertCounts(summaries.get("s"), { received: 20_000, loaded: 19_000, rejected: 1000, in_table: 19_000 });
  }),
  dialectCheck("the table of rejected rows has a name the database takes, and is no stream's own", async (session) => {
    const most = session.subject.dialect.names.maxNameBytes ?? 300;
    const [long, other] = [`${"ü".repeat((most - 1) / 2)}y`, `${"ü".repeat((most - 1) / 2)}z`];
    const lines = (stream: string) => schema(stream, properties) + records(stream, [{ id: 1 }, { id: "x" }]);
    const { summaries } = await session.piped(lines(long) + lines(other), reject);
    for (const stream of [long, other]) {
      const name = String(summaries.get(stream)?.rejects).slice(session.schema.length + 1);
      assert.ok(name.endsWith("__rejects"), `${name} does not end in __rejects`);
      assert.deepEqual(
        (await session.rows(name)).map(({ stream: of }) => of),
        [stream],
      );
    }
    for (const first of ["a", "a__rejects"]) {
      const second = first === "a" ? "a__rejects" : "a";
      const { failure } = await session.pipe(lines(first) + state(1) + lines(second) + state(2), { ...reject, commit_after_ms: 0 });
      assert.equal(failure instanceof TaplineError && failure.code, "name_collision");
    }
  }),
  dialectCheck("where the user chose to fail, the first row that does not fit ends the load", async (session) => {
    for (const [record, code] of refused) {
      const input = schema("s", properties, ["id"]) + records("s", good(1, 3));
      const { failure } = await session.pipe(`${input}{"type":"RECORD","stream":"s","record":${record}}\n${state(1)}`, {
        unknown_fields: "fail",
      });
      assert.equal(failure instanceof TaplineError ? failure.code : failure, code);
      assert.equal(await session.leftBehind("s"), null, "a load that failed left a table");
    }
  }),
];

const byCode = (a: { code: unknown }, b: { code: unknown }): number => String(a.code).localeCompare(String(b.code));

/** A position as it is read back: its line is an exact number. */
const plainNumbers = (position: unknown): unknown => {
  const { line, column } = position as Record<string, unknown>;
  return { line: Number(JSON.stringify(line)), column };
};

export function assertCounts(reported: object | undefined, expected: Record<string, number>): void {
  const found = Object.fromEntries(Object.keys(expected).map((name) => [name, (reported as Record<string, unknown> | undefined)?.[name]]));
  assert.deepEqual(found, expected, "the counts of the summary");
}

/** Hidden tables that a load left. */
export async function hiddenTables(session: DialectSession): Promise<string[]> {
  return (await session.tables(new Set([session.schema]))).filter((name) => name.includes("_tapline_new"));
}
