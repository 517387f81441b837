/** Every row of the table of types, loaded and read back: columns have the types on the page, and values are kept, widened for or refused. */
import assert from "node:assert/strict";
import { type ColumnType, columnType, typeName } from "@tapline/columns";
import { exactNumber, isExactNumber, type JsonSchema, type Row } from "@tapline/protocol";
import type { Check } from "../check.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import { assertCounts } from "./reject-checks.ts";
import { type DialectSession, type DialectUnderTest, dialectCheck, typesIn } from "./subject.ts";
import { type EdgeCase, type Fate, outgrowing, property, typeTable, unusual } from "./type-table.ts";

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
  dialectCheck("values that outgrow their column: it widens, and what it had by then stays exact", async (session) => {
    await loadEdges(session, outgrowing);
  }),
  dialectCheck(
    "unusual values are there as they were sent or refused with their code, counted, and no other row with them",
    async (session) => {
      await loadEdges(session, unusual);
    },
  ),
];

/** Each in a separate column and row, between rows of plain values. */
async function loadEdges(session: DialectSession, edges: readonly EdgeCase[]): Promise<void> {
  const { dialect } = session.subject;
  const properties = { id: { type: "integer" }, ...propertiesOf(edges) };
  const record = (id: number, more: string): string => `{"type":"RECORD","stream":"s","record":{"id":${id}${more}}}\n`;
  const lines = edges.map(({ json }, index) => record(index, `,"${property(index)}":${json}`));
  const input = `${schema("s", properties)}${record(-1, "")}${lines.join("")}${record(-2, "")}`;
  const { summaries } = await session.piped(input, { on_error: "reject" });
  const rows = new Map((await session.rows("s")).map((row) => [numberOf(row.id), row]));
  const refused = new Map(((await session.rowsOrNone("s__rejects")) ?? []).map(({ record: sent, code }) => [idOf(String(sent)), code]));
  const types = await typesIn(session, "s");
  const wrong = edges.flatMap((edge, index) => {
    const code = refused.get(index);
    const row = rows.get(index);
    const type = String(types[property(index)]);
    const made = typeName(dialect.types, columnType(edge.schema, dialect.types));
    const found: Fate = code !== undefined ? { refused: String(code) } : type === made ? "kept" : { becomes: type };
    const fate = edge.fates[dialect.name] ?? found;
    if (JSON.stringify(found) !== JSON.stringify(fate))
      return [`${edge.what}: ${JSON.stringify(found)} instead of ${JSON.stringify(fate)}`];
    if ((row === undefined) !== (code !== undefined)) return [`${edge.what}: the row is in both tables or in none`];
    return code !== undefined || isThere(edge.json, row?.[property(index)])
      ? []
      : [`${edge.what} became ${JSON.stringify(row?.[property(index)])}`];
  });
  assert.deepEqual(wrong, [], "values at their limits");
  assert.ok(rows.has(-1) && rows.has(-2), "rows around them are missing");
  assertCounts(summaries.get("s"), { received: edges.length + 2, rejected: refused.size, loaded: edges.length + 2 - refused.size });
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
function isThere(json: string, stored: unknown): boolean {
  if (!/^-?(\d|NaN|Infinity)/.test(json)) return JSON.stringify(stored) === JSON.stringify(JSON.parse(json));
  const text = isExactNumber(stored) ? stored.rawJSON : String(stored);
  if (!/^-?\d/.test(json)) return text === json;
  const properties = { n: { type: "number" } };
  try {
    assertRows([{ n: exactNumber(text) }], [{ n: exactNumber(json) }], properties);
    return true;
  } catch {
    return false;
  }
}

const numberOf = (value: unknown): number => Number(isExactNumber(value) ? value.rawJSON : value);

const idOf = (record: string): number => Number(/^\{"id":(-?\d+)/.exec(record)?.[1]);
