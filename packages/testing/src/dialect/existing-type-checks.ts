/** Columns of types that a load never makes: they take the values that fit, refuse the others one by one, and stay what they are. */
import assert from "node:assert/strict";
import type { Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { records, schema } from "../target/input.ts";
import { type ExistingType, existingTypeTable } from "./existing-type-table.ts";
import { assertCounts } from "./reject-checks.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck, typesIn } from "./subject.ts";

export const existingTypeChecks: readonly Check<DialectUnderTest>[] = [
  {
    ...dialectCheck(
      "columns of types that only others make take what fits, refuse single values, and stay as they are",
      async (session) => {
        const types = typesOf(session.subject);
        // Before the first load: a dialect may look at all tables there are once.
        for (const [index, type] of types.entries()) await make(session, `t${index}`, type);
        for (const [index, type] of types.entries()) await load(session, `t${index}`, type);
      },
    ),
    appliesTo: (subject) => typesOf(subject).length > 0,
  },
];

const typesOf = ({ dialect }: DialectUnderTest): ExistingType[] => existingTypeTable.filter(({ database }) => database === dialect.name);

async function make({ subject, connection, schema: own }: DialectSession, table: string, { type, prepare }: ExistingType): Promise<void> {
  const { names, types } = subject.dialect;
  const schemaName = names.qualifySchema(connection.database, own);
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${schemaName}`);
  if (prepare !== undefined) await connection.run(prepare(schemaName));
  const columns = `${names.quote("id")} ${types.spellings.bigint} PRIMARY KEY, ${names.quote("v")} ${type(schemaName)}`;
  await connection.run(`CREATE TABLE ${names.qualify(connection.database, { schema: own, table })} (${columns})`);
}

async function load(session: DialectSession, table: string, { label, property, taken, refused }: ExistingType): Promise<void> {
  const before = await typesIn(session, table);
  const sent = [...taken.map(([value]) => value), null, ...refused.map(([value]) => value)];
  const rows = sent.map((v, id): Row => ({ id, v }));
  const start = schema(table, { id: { type: "integer" }, v: property }, ["id"]);
  // The second time each row replaces the one that is there.
  for (const run of [1, 2]) {
    const what = `${label}, run ${run}`;
    const { summaries, failure } = await session.pipe(start + records(table, rows), { on_error: "reject", add_record_metadata: false });
    assert.equal(failure, undefined, `${what}: ${failure}`);
    assertCounts(summaries.get(table), { received: rows.length, rejected: refused.length, in_table: taken.length + 1 });
    const stored = new Map((await session.rows(table)).map(({ id, v }) => [String((id as { rawJSON?: string }).rawJSON ?? id), v]));
    for (const [id, [, text]] of taken.entries()) assert.equal(stored.get(String(id)), text, `${what}: ${JSON.stringify(sent[id])}`);
  }
  const codes = new Set((await session.rows(`${table}__rejects`)).map(({ code, record }) => `${code} ${record}`));
  for (const [index, [value, code]] of refused.entries()) {
    const record = JSON.stringify({ id: taken.length + 1 + index, v: value });
    assert.ok(codes.has(`${code} ${record}`), `${label}: ${record} was not refused as ${code}: ${[...codes].join(", ")}`);
  }
  assert.deepEqual(await typesIn(session, table), before, `${label}: the column's type changed`);
}
