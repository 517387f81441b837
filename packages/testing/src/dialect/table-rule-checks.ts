/** Rules that a person sets for tables (`--check`): each finds exactly the rows that break it. Of dialects that have `connectToRead`. */
import assert from "node:assert/strict";
import type { CheckFound } from "@tapline/protocol";
import { type Check, temporaryFolder } from "../check.ts";
import { asRules, faults, measures, rows, ruleInput, ruleNaming } from "./rule-table.ts";
import { DialectSession, type DialectUnderTest } from "./subject.ts";

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
        await session.piped(ruleInput, ruleNaming);
      } finally {
        await session.connection[Symbol.asyncDispose]();
      }
      const ask = (rules: readonly Record<string, unknown>[]): Promise<CheckFound[]> => session.checkTables(asRules(rules));
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
