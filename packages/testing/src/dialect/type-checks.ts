/** A table that was there before keeps its types: each value a stream sends arrives in them exactly or is refused, never changed. */
import assert from "node:assert/strict";
import { exactNumber, isExactNumber, type JsonSchema, TaplineError } from "@tapline/protocol";
import { columnType, type Dialect, typeName } from "@tapline/sql";
import { type Check, temporaryFolder } from "../check.ts";
import { digitsOf } from "../rows.ts";
import { DialectPlace, type DialectUnderTest } from "./subject.ts";

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
  {
    name: "a column that was there takes a value exactly or refuses it, whatever its type",
    async run(subject) {
      using folder = temporaryFolder();
      const place = await DialectPlace.open(subject, folder.path);
      await using _ = place.connection;
      for (const [index, type] of existingTypes(subject.dialect).entries()) await fill(place, `t${index}`, type);
    },
  },
];

/** Every type the dialect knows, and decimals too narrow for most values. */
function existingTypes(dialect: Dialect): string[] {
  const plain = Object.values(dialect.types).filter((type) => type !== null);
  return [...plain, dialect.decimal(38, 2), dialect.decimal(9, 0), dialect.decimal(5, 3)];
}

interface Taken {
  what: string;
  property: JsonSchema;
  value: unknown;
}

/** Each value by a load of its own, so that one that is refused takes no other with it. */
async function fill(place: DialectPlace, table: string, type: string): Promise<void> {
  const { dialect } = place.subject;
  const { connection, schema } = place;
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dialect.qualifySchema(connection.database, schema)}`);
  const columns = `${dialect.quote("k")} ${dialect.types.bigint}, ${dialect.quote("v")} ${type}`;
  await connection.run(`CREATE TABLE ${dialect.qualify(connection.database, { schema, table })} (${columns})`);
  const taken = new Map<string, Taken>();
  let k = 0;
  for (const { property, values } of sent)
    for (const value of values) {
      const what = `${JSON.stringify(value)} of ${JSON.stringify(property)} in a column ${type}`;
      const stream = { name: table, properties: { k: { type: "integer" }, v: property } };
      const error = await place.load(stream, [[{ k: ++k, v: value }]]).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error === undefined) taken.set(String(k), { what, property, value });
      else assertRefusal(error, what, type !== typeName(dialect, columnType(property, dialect)));
      if (error instanceof TaplineError && error.code === "type_conflict") break;
    }
  const rows = await place.rows(table);
  assert.equal(rows.length, taken.size, `in a column ${type} it took ${taken.size} values, and ${rows.length} are there`);
  for (const row of rows) {
    const { what, property, value } = taken.get(digits(row.k)) as Taken;
    assert.ok(isSame(value, row.v, property), `${what} became ${JSON.stringify(row.v)}`);
  }
}

const digits = (value: unknown): string => (isExactNumber(value) ? value.rawJSON : String(value));

/** An error of the settings or of the value; none where the column is what the dialect makes for the property. */
function assertRefusal(error: unknown, what: string, isForeign: boolean): void {
  assert.ok(error instanceof TaplineError && ["config", "data"].includes(error.class), `${what}: ${error}`);
  assert.ok(isForeign, `${what}: ${error.message}`);
}

/** Columns of text have a value's digits or its JSON; columns of another kind the value itself. */
function isSame(value: unknown, stored: unknown, property: JsonSchema): boolean {
  if (typeof value === "number" || isExactNumber(value)) return digitsOf(value) === digitsOf(stored);
  if (property.format === "date-time") return instant(value) === instant(stored);
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
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(.*)$/.exec(String(value));
  if (match === null) return String(value);
  const [, day, time, fraction = "", zone = ""] = match;
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone === "" ? "Z" : zone;
  return `${Date.parse(`${day}T${time}${offset}`)}.${fraction.padEnd(6, "0")}`;
}
