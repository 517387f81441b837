/** Every row of the table of types, loaded and read back: columns have the types on the page, and values are kept, widened for or refused. */
import assert from "node:assert/strict";
import { type ColumnType, columnType, typeName } from "@tapline/columns";
import { exactNumber, isExactNumber, type JsonSchema, parseExact, type Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck, typesIn } from "./subject.ts";
import { bySetting, type EdgeCase, type Fate, outgrowing, property, timeForms, typeTable, unusual } from "./type-table.ts";

export const typeTableChecks: readonly Check<DialectUnderTest>[] = [
  dialectCheck("types of the table: each column is of the type on the page, and each value arrives exactly", async (session) => {
    const { dialect } = session.subject;
    const properties = propertiesOf(typeTable);
    const longest = Math.max(...typeTable.map(({ values }) => values.length));
    const rows = Array.from({ length: longest }, (_, at) => rowOf(typeTable.map(({ values }) => values[at])));
    await session.piped(schema("s", properties) + records("s", rows));
    const types = typeTable.map(({ schema: each }) => columnType(each, dialect.types));
    assert.deepEqual(await typesIn(session, "s"), nameAll(types.map((type) => typeName(dialect.types, type))));
    const found = await session.rows("s");
    for (const [index, type] of types.entries()) {
      const name = property(index);
      const wanted = rows.map((row) => ({ [name]: storedAs(row[name], type) }));
      assertRows(found, wanted, { [name]: comparedAs(type) }, `values of ${JSON.stringify(typeTable[index]?.schema)}`);
    }
  }),
  dialectCheck("values that outgrow their column: it widens, and the values stored before stay exact", async (session) => {
    await loadEdges(session, outgrowing);
  }),
  dialectCheck(
    "unusual values are there as they were sent or refused with their code, counted, and no other row with them",
    async (session) => {
      await loadEdges(session, unusual);
    },
  ),
  dialectCheck("dates and times as taps write them are the same instants, and digits that are cut off are counted", async (session) => {
    await loadEdges(session, timeForms);
  }),
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
  dialectCheck(
    "settings for values: numbers become times, bad times NULL, and NUL characters what was chosen, counted",
    async (session) => {
      const all = [...Map.groupBy(bySetting, ({ settings }) => JSON.stringify(settings)).values()];
      for (const [index, edges] of all.entries()) await loadEdges(session, edges, `s${index}`);
    },
  ),
];

/** Each in a separate column and row, between rows of plain values. */
async function loadEdges(session: DialectSession, all: readonly EdgeCase[], stream = "s"): Promise<void> {
  const { dialect, notShown } = session.subject;
  const edges = all.filter(({ what }) => !Object.hasOwn(notShown?.values ?? {}, what));
  const properties = { id: { type: "integer" }, ...propertiesOf(edges) };
  const record = (id: number, more: string): string => `{"type":"RECORD","stream":"${stream}","record":{"id":${id}${more}}}\n`;
  const lines = edges.map(({ json }, index) => record(index, `,"${property(index)}":${json}`));
  const input = `${schema(stream, properties)}${record(-1, "")}${lines.join("")}${record(-2, "")}`;
  const { summaries } = await session.piped(input, { ...edges[0]?.settings, on_error: "reject" });
  const rows = new Map((await session.rows(stream)).map((row) => [numberOf(row.id), row]));
  const tolerated = summaries.get(stream)?.tolerated ?? [];
  const refused = new Map(
    ((await session.rowsOrNone(`${stream}__rejects`)) ?? []).map(({ record: sent, code }) => [idOf(String(sent)), code]),
  );
  const types = await typesIn(session, stream);
  const wrong = edges.flatMap((edge, index) => {
    const code = refused.get(index);
    const row = rows.get(index);
    const type = String(types[property(index)]);
    const value = row?.[property(index)];
    const fate = edge.fates[dialect.name];
    const lost = tolerated.filter(({ column }) => column === property(index)).map(({ kind, count }) => [kind, count]);
    if (fate !== undefined && typeof fate === "object" && "stored" in fate) return wrongStored(edge, fate, { value, code, lost });
    if (lost.length > 0) return [`${edge.what}: ${JSON.stringify(lost)} was reported`];
    const made = typeName(dialect.types, columnType(edge.schema, dialect.types));
    const found: Fate = code !== undefined ? { refused: String(code) } : type === made ? "kept" : { becomes: type };
    if (fate !== undefined && JSON.stringify(found) !== JSON.stringify(fate))
      return [`${edge.what}: ${JSON.stringify(found)} instead of ${JSON.stringify(fate)}`];
    if ((row === undefined) !== (code !== undefined)) return [`${edge.what}: the row is in both tables or in none`];
    return code !== undefined || isThere(edge, value) ? [] : [`${edge.what} became ${JSON.stringify(value)}`];
  });
  assert.deepEqual(wrong, [], "values at their limits");
  assert.ok(rows.has(-1) && rows.has(-2), "rows around them are missing");
  assertCounts(summaries.get(stream), { received: edges.length + 2, rejected: refused.size, loaded: edges.length + 2 - refused.size });
}

/** What is wrong where another value is to be stored than was sent, and that to be reported. */
function wrongStored(
  { what, schema: sent }: EdgeCase,
  { stored, reported }: { stored: string; reported?: string },
  found: { value: unknown; code: unknown; lost: unknown[] },
): string[] {
  if (found.code !== undefined) return [`${what}: refused with ${found.code}`];
  const isSame = stored === "null" ? found.value === null : areSame(found.value, parseExact(stored), sent);
  if (!isSame) return [`${what}: stored as ${JSON.stringify(found.value)} instead of ${stored}`];
  const expected = reported === undefined ? [] : [[reported, 1]];
  return JSON.stringify(found.lost) === JSON.stringify(expected) ? [] : [`${what}: ${JSON.stringify(found.lost)} was reported`];
}

const propertiesOf = (cases: readonly { schema: JsonSchema }[]): Record<string, JsonSchema> =>
  Object.fromEntries(cases.map(({ schema: each }, index) => [property(index), each]));

const nameAll = <T>(list: readonly T[]): Record<string, T> => Object.fromEntries(list.map((each, index) => [property(index), each]));

const rowOf = (values: readonly unknown[]): Row => nameAll(values);

/** Decimals are compared by their digits, also where they were sent as text, and instants by their time. */
function comparedAs({ kind }: ColumnType): JsonSchema {
  if (kind === "timestamptz") return { format: "date-time" };
  return kind === "decimal" || kind === "numeric" ? { format: "singer.decimal" } : {};
}

/** Text has strings as they are, and the JSON of all else. */
function storedAs(value: unknown, type: ColumnType): unknown {
  return type.kind === "varchar" && typeof value !== "string" && value !== undefined ? JSON.stringify(value) : value;
}

/** A number by its digits, also where its column became text; anything else as its JSON. */
function isThere({ json, schema: sent }: EdgeCase, stored: unknown): boolean {
  if (sent.format === "date-time") return areSame(stored, JSON.parse(json), sent);
  if (!/^-?(\d|NaN|Infinity)/.test(json)) return JSON.stringify(stored) === JSON.stringify(JSON.parse(json));
  const text = isExactNumber(stored) ? stored.rawJSON : String(stored);
  if (!/^-?\d/.test(json)) return text === json;
  return areSame(exactNumber(text), exactNumber(json), { type: "number" });
}

function areSame(stored: unknown, sent: unknown, schema: JsonSchema): boolean {
  try {
    assertRows([{ v: stored }], [{ v: sent }], { v: schema });
    return true;
  } catch {
    return false;
  }
}

const numberOf = (value: unknown): number => Number(isExactNumber(value) ? value.rawJSON : value);

const idOf = (record: string): number => Number(/^\{"id":(-?\d+)/.exec(record)?.[1]);
