/** Rules that a person sets for tables (`--check`): each finds exactly the rows that break it. Of dialects that have `connectToRead`. */
import assert from "node:assert/strict";
import type { CheckFound, JsonSchema, Row, Check as Rule } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { records, schema } from "../target/input.ts";
import { DialectSession, type DialectUnderTest } from "./subject.ts";

const text: JsonSchema = { type: ["null", "string"] };
const properties: Record<string, JsonSchema> = {
  id: { type: "integer" },
  "Customer Name": text,
  status: text,
  code: text,
  amount: { type: ["null", "number"], multipleOf: 0.01 },
  day: { type: ["null", "string"], format: "date" },
  at: { type: ["null", "string"], format: "date-time" },
  is_paid: { type: ["null", "boolean"] },
};
const newest = "2026-03-01T12:00:00Z";
const rows: Row[] = [
  { id: 1, "Customer Name": "Ada", status: "open", code: "INV-0001", amount: 10.5, day: "2026-01-01", at: newest, is_paid: true },
  { id: 2, "Customer Name": "O'Hara", status: "open", code: "INV-0002", amount: 20, day: "2026-02-01", at: null, is_paid: false },
  { id: 3, "Customer Name": null, status: "gone", code: "X\\", amount: -1.25, day: "2025-12-31", at: null, is_paid: null },
  { id: 4, "Customer Name": "Ada", status: null, code: null, amount: null, day: null, at: null, is_paid: true },
];
const deleted: Row = { ...rows[2], id: 5, "Customer Name": null, amount: 1000, _sdc_deleted_at: newest };
const people = [{ name: "Ada" }, { name: "Grace" }];

const common = { stream: "Orders", on_fail: "warn", show_values: false, keys: ["id"] };

/** What is refused: the ids of the rows. */
const faults: readonly [rule: Record<string, unknown>, ids: readonly number[]][] = [
  [{ rule: "not_null", column: "Customer Name" }, [3]],
  [{ rule: "not_null", column: "id" }, []],
  [{ rule: "accepted_values", column: "status", values: ["open"] }, [3]],
  [{ rule: "accepted_values", column: "Customer Name", values: ["Ada", "O'Hara"] }, []],
  [{ rule: "accepted_values", column: "is_paid", values: [true] }, [2]],
  [{ rule: "accepted_values", column: "amount", values: [10.5, 20] }, [3]],
  [{ rule: "range", column: "amount", min: 0, max: 15 }, [2, 3]],
  [{ rule: "range", column: "amount", min: -2 }, []],
  [{ rule: "range", column: "day", min: "2026-01-01", max: "2026-01-31" }, [2, 3]],
  [{ rule: "matches", column: "code", pattern: "INV-\\d{4}" }, [3]],
  [{ rule: "matches", column: "code", pattern: "(INV-[0-9]+|.\\\\)" }, []],
  [{ rule: "matches", column: "code", pattern: "INV" }, [1, 2, 3]],
  [{ rule: "unique", columns: ["Customer Name"] }, [1, 4]],
  [{ rule: "unique", columns: ["Customer Name", "status"] }, []],
  [{ rule: "foreign_key", column: "Customer Name", to_stream: "people", to_column: "name" }, [2]],
];

const now = Date.now();
const ageOfNewest = (now - Date.parse(newest)) / 1000;

const measures: readonly [rule: Record<string, unknown>, status: string, found?: string][] = [
  [{ rule: "row_count", min: 4, max: 4 }, "passed", "4"],
  [{ rule: "row_count", min: 5 }, "failed", "4"],
  [{ rule: "sum", column: "amount", min: 29.25, max: 29.25 }, "passed"],
  [{ rule: "sum", column: "amount", max: 29.24 }, "failed"],
  [{ rule: "freshness", column: "at", max_age_seconds: ageOfNewest + 600 }, "passed"],
  [{ rule: "freshness", column: "at", max_age_seconds: ageOfNewest - 600 }, "failed"],
  [{ rule: "freshness", column: "day", max_age_seconds: 60 }, "failed"],
];

function ruleCheck(
  name: string,
  run: (ask: (rules: readonly Record<string, unknown>[]) => Promise<CheckFound[]>, session: DialectSession) => Promise<void>,
): Check<DialectUnderTest> {
  return {
    name,
    appliesTo: ({ connectToRead }) => connectToRead !== undefined,
    async run(subject) {
      using folder = temporaryFolder();
      const session = await DialectSession.open(subject, folder.path);
      try {
        const settings = { table_names: "snake_case", column_names: "snake_case" };
        const input =
          schema("Orders", properties, ["id"]) +
          records("Orders", [...rows, deleted]) +
          schema("people", { name: text }) +
          records("people", people);
        await session.piped(input, settings);
      } finally {
        await session.connection[Symbol.asyncDispose]();
      }
      const ask = (rules: readonly Record<string, unknown>[]): Promise<CheckFound[]> =>
        session.checkTables(rules.map((rule, index) => ({ ...common, id: String(index), ...rule }) as unknown as Rule));
      await run(ask, session);
    },
  };
}

export const tableRuleChecks: readonly Check<DialectUnderTest>[] = [
  ruleCheck("a rule for a table finds exactly the rows that break it, and tells their keys", async (ask) => {
    const found = await ask(faults.map(([rule]) => rule));
    for (const [index, [rule, ids]] of faults.entries()) {
      const { status, rows: seen, failed, first, reason } = found[index] as CheckFound;
      const about = `${JSON.stringify(rule)} (${reason ?? "no reason"})`;
      assert.deepEqual([status, failed], [ids.length === 0 ? "passed" : "failed", ids.length], about);
      assert.equal(seen, rows.length, `rows that were looked at: ${about}`);
      assert.deepEqual(first.map(({ keys }) => Number(keys?.id)).sort(), [...ids], about);
      assert.ok(!JSON.stringify(first).includes("values"), `it tells values: ${about}`);
    }
  }),
  ruleCheck("a rule for a number of rows, a sum or an age measures the rows that are not deleted", async (ask) => {
    const found = await ask(measures.map(([rule]) => rule));
    for (const [index, [rule, status, measured]] of measures.entries()) {
      assert.equal(found[index]?.status, status, `${JSON.stringify(rule)}: ${JSON.stringify(found[index])}`);
      if (measured !== undefined) assert.equal(found[index]?.found, measured);
    }
  }),
  ruleCheck("a query of faulty rows counts them, and can't change anything", async (ask, session) => {
    const { qualify, quote } = session.subject.dialect.names;
    const table = qualify(session.database, { schema: session.schema, table: "orders" });
    const id = quote("id");
    const rule = (sql: string, more: object = {}) => ({ rule: "sql", sql, ...more });
    const [two, none, shown, wrong, change] = await ask([
      rule(`SELECT ${id} FROM ${table} WHERE ${id} < 3 ORDER BY ${id};`),
      rule(`SELECT ${id} FROM ${table} WHERE ${id} > 99 -- none`),
      rule(`SELECT ${id}, ${quote("status")} FROM ${table} WHERE ${id} = 1`, { show_values: true }),
      rule("SELECT nothing FROM nowhere"),
      rule(`DELETE FROM ${table}`),
    ]);
    assert.deepEqual([two?.status, two?.failed, two?.first], ["failed", 2, [{ keys: { id: 1 } }, { keys: { id: 2 } }]]);
    assert.deepEqual([none?.status, none?.failed], ["passed", 0]);
    assert.deepEqual(shown?.first, [{ keys: { id: 1 }, values: { id: 1, status: "open" } }]);
    for (const each of [wrong, change]) assert.ok(each?.status === "not_run" && each.reason !== undefined, JSON.stringify(each));
    assert.equal((await session.rows("orders")).length, 5);
  }),
  ruleCheck("a rule about a table or a column that is not there was not run, and the others were", async (ask) => {
    const found = await ask([
      { rule: "not_null", column: "id", stream: "no_such_stream" },
      { rule: "not_null", column: "no_such_column" },
      { rule: "foreign_key", column: "id", to_stream: "no_such_stream", to_column: "id" },
      { rule: "not_null", column: "id" },
    ]);
    assert.deepEqual(
      found.map(({ status }) => status),
      ["not_run", "not_run", "not_run", "passed"],
    );
    assert.ok(
      found.slice(0, 3).every(({ reason }) => reason?.includes("no_such_")),
      JSON.stringify(found),
    );
  }),
];
