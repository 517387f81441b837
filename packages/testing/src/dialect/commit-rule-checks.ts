/** Rules for tables that a load keeps before its one commit: they see the rows of the load, and where one is broken, nothing of it stays. */
import assert from "node:assert/strict";
import type { CheckFound } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { activate, orderProperties, orderRows, orders, records, schema, state, stateValue, versioned } from "../target/input.ts";
import { asRules, faults, measures, rows, ruleInput, ruleNaming } from "./rule-table.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

function commitCheck(name: string, run: (session: DialectSession) => Promise<void>): Check<DialectUnderTest> {
  return { ...dialectCheck(name, run), appliesTo: ({ checksBeforeCommit }) => checksBeforeCommit === true };
}

const keyed = (stream: string): string => schema(stream, orderProperties, ["id"]);
const stops = (...rules: Record<string, unknown>[]) => asRules(rules.map((rule) => ({ stream: "orders", on_fail: "stop", ...rule })));
const ids = async (session: DialectSession, table: string): Promise<number[]> =>
  (await session.rows(table)).map(({ id }) => Number(id)).sort((a, b) => a - b);

async function found(session: DialectSession, input: string, settings: Record<string, unknown>) {
  const told: CheckFound[] = [];
  const piped = await session.pipe(input, settings, { onCheck: (each) => void told.push(each) });
  return { ...piped, told };
}

export const commitRuleChecks: readonly Check<DialectUnderTest>[] = [
  commitCheck("a rule before the commit sees the rows of the load, as a rule after it does", async (session) => {
    const rules = asRules([...faults.map(([rule]) => rule), ...measures.map(([rule]) => rule)]);
    const { failure, told } = await found(session, ruleInput, { ...ruleNaming, commit_checks: rules });
    assert.equal(failure, undefined, String(failure));
    for (const [index, [rule, broken]] of faults.entries()) {
      const { status, rows: seen, failed, first, reason } = told[index] as CheckFound;
      const about = `${JSON.stringify(rule)} (${reason ?? "no reason"})`;
      assert.deepEqual([status, failed, seen], [broken.length === 0 ? "passed" : "failed", broken.length, rows.length], about);
      assert.deepEqual(first.map(({ keys }) => Number(keys?.id)).sort(), [...broken], about);
    }
    for (const [index, [rule, status, measured]] of measures.entries()) {
      const own = told[faults.length + index];
      assert.equal(own?.status, status, `${JSON.stringify(rule)}: ${JSON.stringify(own)}`);
      if (measured !== undefined) assert.equal(own?.found, measured);
    }
  }),
  commitCheck("a rule that stops before the commit leaves every table and the bookmark as they were", async (session) => {
    for (const method of ["upsert", "append-only", "overwrite"]) {
      const tables = [`people ${method}`, `orders ${method}`] as const;
      const [people, stream] = tables;
      const lines = (last: number): string =>
        keyed(people) + orders(4, 40, people) + state(2) + keyed(stream) + orders(4, last, stream) + state(3);
      const settings = { load_method: method, batch_size_rows: 1, batch_max_bytes: 1000, commit_after_ms: 0, state_id: method };
      const old = keyed(people) + orders(1, 3, people) + keyed(stream) + orders(1, 3, stream) + state(1);
      await session.piped(old, { ...settings, run_id: "r1" });
      const most = method === "overwrite" ? 37 : 40;
      const rules = stops({ stream, rule: "row_count", max: most }, { stream, rule: "unique", columns: ["id"] });
      const stopped = await found(session, lines(41), { ...settings, run_id: "r2", commit_checks: rules });
      assertRefused(stopped.failure, "commit_checks_failed");
      assert.deepEqual(stopped.states, [], `${method}: a STATE was emitted though nothing was committed`);
      const told = stopped.told.map(({ status, found: count }) => [status, count]);
      assert.deepEqual(
        told,
        [
          ["failed", String(most + 1)],
          ["passed", undefined],
        ],
        method,
      );
      for (const table of tables) assert.deepEqual(await ids(session, table), [1, 2, 3], table);
      assert.equal((await session.lastState(method)).state, JSON.stringify(stateValue(1)));
      const passed = await found(session, lines(40), { ...settings, run_id: "r3", commit_checks: rules });
      assert.deepEqual([passed.failure, passed.states], [undefined, [stateValue(3)]], method);
      const expected = [...(method === "overwrite" ? [] : [1, 2, 3]), ...orderRows(4, 40).map(({ id }) => Number(id))];
      for (const table of tables) assert.deepEqual(await ids(session, table), expected, table);
    }
  }),
  commitCheck("a rule before the commit sees rows that this load marks deleted as gone, and brings them back", async (session) => {
    const input = (version: number, last: number): string =>
      keyed("orders") + versioned("orders", version, orderRows(1, last)) + activate("orders", version) + state(version);
    await session.piped(input(1, 5));
    const rules = stops({ rule: "row_count", min: 3 });
    const stopped = await found(session, input(2, 2), { commit_checks: rules });
    assertRefused(stopped.failure, "commit_checks_failed");
    assert.equal(stopped.told[0]?.found, "2");
    const live = (await session.rows("orders")).filter((row) => row._sdc_deleted_at == null);
    assert.equal(live.length, 5, "rows of the load that was stopped are marked deleted");
  }),
  commitCheck("a query before the commit finds rows of the load, and can't change anything", async (session) => {
    const { qualify, quote } = session.subject.dialect.names;
    const table = qualify(session.database, { schema: session.schema, table: "orders" });
    const where = (condition: string): string => `SELECT ${quote("id")} FROM ${table} WHERE ${quote("id")} ${condition}`;
    const load = (first: number, sql: string, more: object = {}) =>
      found(session, keyed("orders") + orders(first, first + 6), { commit_checks: stops({ rule: "sql", sql, ...more }) });
    const seven = await load(1, `${where("> 0")} ORDER BY 1;`);
    assertRefused(seven.failure, "commit_checks_failed");
    assert.deepEqual([seven.told[0]?.failed, seven.told[0]?.first.map(({ keys }) => keys?.id)], [7, [1, 2, 3, 4, 5]]);
    assert.equal((await load(1, where("> 99 -- none"))).failure, undefined);
    for (const sql of [`DELETE FROM ${table}`, `${where("> 99")}; DELETE FROM ${table}`, "SELECT nothing FROM nowhere"]) {
      const { failure, told } = await load(101, sql);
      assertRefused(failure, "commit_checks_failed");
      assert.ok(told[0]?.status === "not_run" && told[0].reason !== undefined, JSON.stringify(told));
    }
    assert.deepEqual(await ids(session, "orders"), [1, 2, 3, 4, 5, 6, 7]);
  }),
  commitCheck("a rule before the commit about the number of loaded rows counts those of the load alone", async (session) => {
    const rules = stops({ rule: "row_count", of: "run", min: 3 });
    await session.piped(keyed("orders") + orders(1, 3), { commit_checks: rules });
    const { failure, told } = await found(session, keyed("orders") + records("orders", orderRows(4, 5)), { commit_checks: rules });
    assertRefused(failure, "commit_checks_failed");
    assert.equal(told[0]?.found, "2");
    assert.deepEqual(await ids(session, "orders"), [1, 2, 3]);
  }),
];
