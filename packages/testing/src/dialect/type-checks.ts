/** A table that was there before: each value a stream sends arrives in its columns exactly, after they widened if need be, or is refused; never changed. */
import assert from "node:assert/strict";
import { columnType, typeName } from "@tapline/columns";
import { exactNumber, isExactNumber, type JsonSchema, TaplineError } from "@tapline/protocol";
import type { Dialect } from "@tapline/sql";
import type { Check } from "../check.ts";
import { assertRows, digitsOf } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { assertRefused, type DialectSession, type DialectUnderTest, dialectCheck } from "./subject.ts";

interface Sent {
  property: JsonSchema;
  /** Values the column the dialect itself makes for this property must take. */
  values: readonly unknown[];
}

const sent: readonly Sent[] = [
  { property: { type: "boolean" }, values: [true] },
  {
    property: { type: "integer" },
    values: [0, -7, 40_000, 3_000_000_000, exactNumber("9007199254740993"), exactNumber("9223372036854775807")],
  },
  { property: { type: "number" }, values: [0, -1.5, 0.1, 1e-7] },
  { property: { type: "number", multipleOf: 0.01 }, values: [5, 0.07, exactNumber("9007199254740993.01"), exactNumber("123456789.25")] },
  { property: { type: "string" }, values: ["", "x", "17", "true", "2024-02-29", "1.50"] },
  { property: { type: "string", format: "date" }, values: ["2024-02-29"] },
  { property: { type: "string", format: "date-time" }, values: ["2024-02-29T23:30:00.123456+02:00", "2024-02-29T00:00:00Z"] },
  { property: { type: "object" }, values: [{ n: exactNumber("9007199254740993"), 'a"b': [null, "x"] }] },
];

export const typeChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("a column that was there takes a value exactly, widens for it or refuses it, whatever its type", async (session) => {
    const types = existingTypes(session.subject.dialect);
    // Before the first load: a dialect may look at all tables there are once.
    for (const [index, type] of types.entries()) await make(session, `t${index}`, type);
    for (const [index, type] of types.entries()) await fill(session, `t${index}`, type);
  }),
  dialectCheck(
    "JSON that a tap sends as text, and lists where it declares an object, are JSON in the table, and reported",
    async (session) => {
      const properties: Record<string, JsonSchema> = { id: { type: "integer" }, v: { type: ["null", "object"] } };
      const n = exactNumber("9007199254740993");
      const rows = [
        { id: 1, v: '{"n": 9007199254740993}' },
        { id: 2, v: [n, "x"] },
        { id: 3, v: '["a"]' },
        { id: 4, v: null },
      ];
      for (const settings of [{}, { batch_max_bytes: 1 }]) {
        const { summaries } = await session.piped(schema("s", properties, ["id"]) + records("s", rows), settings);
        assertRows(await session.rows("s"), [{ id: 1, v: { n } }, { id: 2, v: [n, "x"] }, { id: 3, v: ["a"] }, { id: 4 }], properties);
        assert.deepEqual(
          summaries.get("s")?.tolerated?.map(({ kind, column, count }) => [kind, column, count]),
          [
            ["json_text", "v", 2],
            ["list_for_object", "v", 1],
          ],
        );
      }
      const refused = await session.pipe(schema("s", properties, ["id"]) + records("s", [{ id: 5, v: "no JSON" }]));
      assertRefused(refused.failure, "record_invalid");
    },
  ),
];

/** Every type the dialect knows, and decimals too narrow for most values. */
function existingTypes(dialect: Dialect): string[] {
  const plain = Object.values(dialect.types.spellings).filter((type) => type !== null);
  return [...plain, dialect.types.decimal(38, 2), dialect.types.decimal(9, 0), dialect.types.decimal(5, 3)];
}

const column = (index: number): string => `v${index}`;

/** A table with a column of the type for each property. */
async function make({ subject: { dialect }, connection, schema: own }: DialectSession, table: string, type: string): Promise<void> {
  const columns = [
    `${dialect.names.quote("k")} ${dialect.types.spellings.bigint}`,
    ...sent.map((_, index) => `${dialect.names.quote(column(index))} ${type}`),
  ];
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dialect.names.qualifySchema(connection.database, own)}`);
  await connection.run(`CREATE TABLE ${dialect.names.qualify(connection.database, { schema: own, table })} (${columns.join(", ")})`);
}

/** A row for each value. */
async function fill(session: DialectSession, table: string, type: string): Promise<void> {
  const taken = await load(session, table, type);
  const rows = new Map((await session.rows(table)).map((row) => [digits(row.k), row]));
  const rejected = new Set(
    ((await session.rowsOrNone(`${table}__rejects`)) ?? []).map(({ record }) => /"k":(\d+)/.exec(String(record))?.[1]),
  );
  for (const index of taken) {
    const { property, values } = sent[index] as Sent;
    for (const [at, value] of values.entries()) {
      const k = String(index * 100 + at);
      const what = `${JSON.stringify(value)} of ${JSON.stringify(property)} in a column ${type}`;
      assert.equal(rows.has(k), !rejected.has(k), `${what}: its row is in both tables or in none`);
      if (rejected.has(k)) assertForeign(session.subject.dialect, property, type, what);
      else
        assert.ok(isSame(value, rows.get(k)?.[column(index)], property), `${what} became ${JSON.stringify(rows.get(k)?.[column(index)])}`);
    }
  }
}

/** A value that no column of that type can hold is an error before any row; the others then load without it. @returns those that loaded */
async function load(session: DialectSession, table: string, type: string): Promise<number[]> {
  let taken = sent.map((_, index) => index);
  for (;;) {
    const properties = Object.fromEntries(taken.map((index) => [column(index), (sent[index] as Sent).property]));
    const rows = taken.flatMap((index) =>
      (sent[index] as Sent).values.map((value, at) => ({ k: index * 100 + at, [column(index)]: value })),
    );
    const input = schema(table, { k: { type: "integer" }, ...properties }) + records(table, rows);
    const { failure } = await session.pipe(input, { on_error: "reject", add_record_metadata: false });
    if (failure === undefined) return taken;
    assert.ok(failure instanceof TaplineError && failure.code === "type_conflict", `columns ${type}: ${failure}`);
    const refused = taken.find((index) => column(index) === failure.position.column) as number;
    const { property } = sent[refused] as Sent;
    assertForeign(session.subject.dialect, property, type, `${JSON.stringify(property)} in a column ${type}`);
    taken = taken.filter((index) => index !== refused);
  }
}

const digits = (value: unknown): string => (isExactNumber(value) ? value.rawJSON : String(value));

/** A column of the type the dialect itself makes for the property refuses nothing. */
function assertForeign(dialect: Dialect, property: JsonSchema, type: string, what: string): void {
  assert.notEqual(type, typeName(dialect.types, columnType(property, dialect.types)), `${what} was refused`);
}

/** Columns of text have a value's digits or its JSON; columns of another kind the value itself. */
function isSame(value: unknown, stored: unknown, property: JsonSchema): boolean {
  if (typeof value === "number" || isExactNumber(value)) return digitsOf(value) === digitsOf(stored);
  // A day is the instant it begins at, where the column has times.
  if (property.format === "date-time" || property.format === "date") return instant(value) === instant(stored);
  return (
    [JSON.stringify(stored), String(stored)].includes(typeof value === "string" ? value : JSON.stringify(value)) || same(value, stored)
  );
}

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    typeof part === "object" && part !== null && !Array.isArray(part) && !isExactNumber(part)
      ? Object.fromEntries(Object.entries(part).sort())
      : part,
  );

/** To the microsecond: a point in time without zone is in UTC. */
function instant(value: unknown): string {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(.*))?$/.exec(String(value));
  if (match === null) return String(value);
  const [, day, time = "00:00:00", fraction = "", zone = ""] = match;
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone === "" ? "Z" : zone;
  return `${Date.parse(`${day}T${time}${offset}`)}.${fraction.padEnd(6, "0")}`;
}
