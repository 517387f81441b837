/** What every target with typed columns promises of the table of types: each of its rows is loaded, and read back by another program. */
import assert from "node:assert/strict";
import { type ColumnType, columnType, type TypeRules, type TypeSpelling, typeName } from "@tapline/columns";
import { exactNumber, isExactNumber, type JsonSchema, parseExact, type Row } from "@tapline/protocol";
import type { StreamSummary } from "@tapline/sdk";
import { assertCounts } from "../dialect/reject-checks.ts";
import { bySetting, type EdgeCase, type Fate, outgrowing, property, timeForms, typeTable, unusual } from "../dialect/type-table.ts";
import { assertRows } from "../rows.ts";
import { records, schema } from "../target/input.ts";
import type { StoredRow } from "../target/subject.ts";

/** A place to load into that nothing else uses. */
export interface TypesSession {
  /** In the table's fates. */
  name: string;
  types: TypeRules & TypeSpelling;
  /** @throws where the load fails */
  piped(input: string, settings?: Record<string, unknown>): Promise<{ summaries: ReadonlyMap<string, StreamSummary> }>;
  rows(stream: string): Promise<StoredRow[]>;
  rowsOrNone(stream: string): Promise<StoredRow[] | null>;
  /** As the target spells them, by column, without those of the metadata. */
  typesIn(stream: string): Promise<Record<string, string>>;
}

export interface TypePromise {
  name: string;
  keep(session: TypesSession): Promise<void>;
}

export const typePromises: readonly TypePromise[] = [
  {
    name: "types of the table: each column is of the type on the page, and each value arrives exactly",
    async keep(session) {
      const properties = propertiesOf(typeTable);
      const longest = Math.max(...typeTable.map(({ values }) => values.length));
      const rows = Array.from({ length: longest }, (_, at) => rowOf(typeTable.map(({ values }) => values[at])));
      await session.piped(schema("s", properties) + records("s", rows));
      const types = typeTable.map(({ schema: each }) => columnType(each, session.types));
      assert.deepEqual(await session.typesIn("s"), nameAll(types.map((type) => typeName(session.types, type))));
      const found = await session.rows("s");
      for (const [index, type] of types.entries()) {
        const name = property(index);
        const wanted = rows.map((row) => ({ [name]: storedAs(row[name], type) }));
        assertRows(found, wanted, { [name]: comparedAs(type) }, `values of ${JSON.stringify(typeTable[index]?.schema)}`);
      }
    },
  },
  {
    name: "values that outgrow their column: it widens, and the values stored before stay exact",
    keep: (session) => loadEdges(session, outgrowing),
  },
  {
    name: "unusual values are there as they were sent or refused with their code, counted, and no other row with them",
    keep: (session) => loadEdges(session, unusual),
  },
  {
    name: "dates and times as taps write them are the same instants, and digits that are cut off are counted",
    keep: (session) => loadEdges(session, timeForms),
  },
  {
    name: "settings for values: numbers become times, bad times NULL, and NUL characters what was chosen, counted",
    async keep(session) {
      const all = [...Map.groupBy(bySetting, ({ settings }) => JSON.stringify(settings)).values()];
      for (const [index, edges] of all.entries()) await loadEdges(session, edges, `s${index}`);
    },
  },
];

/** Each in a separate column and row, between rows of plain values. */
async function loadEdges(session: TypesSession, edges: readonly EdgeCase[], stream = "s"): Promise<void> {
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
  const types = await session.typesIn(stream);
  const wrong = edges.flatMap((edge, index) => {
    const code = refused.get(index);
    const row = rows.get(index);
    const type = String(types[property(index)]);
    const value = row?.[property(index)];
    const fate = edge.fates[session.name];
    const lost = tolerated.filter(({ column }) => column === property(index)).map(({ kind, count }) => [kind, count]);
    if (fate !== undefined && typeof fate === "object" && "stored" in fate) return wrongStored(edge, fate, { value, code, lost });
    if (lost.length > 0) return [`${edge.what}: ${JSON.stringify(lost)} was reported`];
    const made = typeName(session.types, columnType(edge.schema, session.types));
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
