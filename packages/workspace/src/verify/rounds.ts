/**
 * Rounds of planted differences: one table in two databases, each in its own types and spellings, a few differences planted in one of them by
 * a seed, and what a verification must find: exactly these.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { duckdbDigest, duckdbErrors } from "@tapline/duckdb";
import { connectionOptions, openDigest } from "@tapline/postgres";
import { type DescribedTable, readDigestLine, readDigestQuestion, readRowsLine, readRowsQuestion } from "@tapline/protocol";
import { type Comparison, type TableReport, type VerifySide, verifyTable } from "@tapline/runner";
import { type DigestSource, TaplineError } from "@tapline/sdk";
import type { TestDatabase } from "@tapline/testing/postgres";
import { seededRandom } from "@tapline/testing/seeded-random";

type Cells = Record<string, string | null>;

/** By column: the types of the two databases. The values are the same, though neither stores nor prints them alike. */
const types: Readonly<Record<string, readonly [postgres: string, duckdb: string]>> = {
  id: ["integer", "BIGINT"],
  code: ["text", "VARCHAR"],
  part: ["smallint", "INTEGER"],
  amount: ["numeric(12,2)", "DECIMAL(18,4)"],
  price: ["double precision", "DOUBLE"],
  ratio: ["real", "FLOAT"],
  name: ["character varying(80)", "VARCHAR"],
  note: ["text", "VARCHAR"],
  pad: ["character(8)", "VARCHAR"],
  born: ["date", "DATE"],
  at: ["timestamp without time zone", "TIMESTAMP"],
  seen: ["timestamp with time zone", "TIMESTAMP WITH TIME ZONE"],
  flag: ["boolean", "BOOLEAN"],
  tag: ["uuid", "UUID"],
  raw: ["bytea", "BLOB"],
  doc: ["jsonb", "JSON"],
};
const names = Object.keys(types);

export const rowCount = 200;

/** The row with this number, the same for every seed. */
function rowOf(id: number): Cells {
  const random = seededRandom(id);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const two = (n: number): string => String(n).padStart(2, "0");
  const day = `${pick([1960, 1999, 2024, 9999])}-${two(1 + Math.floor(random() * 12))}-${two(1 + Math.floor(random() * 28))}`;
  const time = `${two(Math.floor(random() * 24))}:${two(Math.floor(random() * 60))}:${two(Math.floor(random() * 60))}`;
  return {
    id: String(id),
    code: `${pick(["k", "K", "ä", "日"])}-${id}`,
    part: String(id % 7),
    amount: `${pick(["", "-"])}${Math.floor(random() * 1e6)}.${two(Math.floor(random() * 100))}`,
    price: pick([String(random() * 1e6), String(random() / 1e9), "0", "-0", "1e15", "NaN", "Infinity", String(-random())]),
    ratio: pick(["0.1", "-0.25", String(Math.fround(random())), "NaN", "0"]),
    name: pick(["Oak, chair", "Zürich 日本語", "a|b", "~", "", " x ", 'say "it\'s"']),
    note: pick([null, "", "NULL", "note", "line\nline"]),
    pad: pick(["ab", "abc", ""]),
    born: pick([day, null]),
    at: `${day} ${time}.${String(Math.floor(random() * 1e6)).padStart(6, "0")}`,
    seen: `${day} ${time}+00`,
    flag: pick(["true", "false", null]),
    tag: `f47ac10b-58cc-4372-a567-${String(id).padStart(12, "0")}`,
    raw: pick(["\\x00ff", "", null]),
    doc: pick(['{"a": 1, "b": [1, 2.50]}', "[]", '{"x": {"y": null}}', null]),
  };
}

/** A different value of the column. */
const otherValues: Readonly<Record<string, (cell: string | null) => string | null>> = {
  part: (cell) => String(Number(cell) + 1),
  amount: (cell) => lastDigit(cell ?? "0.00"),
  price: (cell) => (Number.isFinite(Number(cell)) ? nextDouble(Number(cell)) : "0.5"),
  ratio: (cell) => (cell === "0.1" ? "0.10000001" : "0.1"),
  name: (cell) => `${cell}.`,
  note: (cell) => (cell === "" ? null : ""),
  pad: (cell) => `${cell}x`,
  born: (cell) => (cell === null ? "2024-02-29" : null),
  at: (cell) => lastDigit(cell ?? ""),
  seen: (cell) => (cell ?? "").replace("+00", "+01"),
  flag: (cell) => (cell === "true" ? "false" : "true"),
  tag: () => "00000000-0000-4000-8000-000000000000",
  raw: (cell) => (cell === null ? "" : null),
  doc: (cell) => (cell === "[]" ? "[1]" : "[]"),
};

const lastDigit = (text: string): string => `${text.slice(0, -1)}${text.endsWith("9") ? "8" : Number(text.at(-1)) + 1}`;

function nextDouble(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return String(view.getFloat64(0));
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** As each database is given it: JSON with other spaces and order, bytes in another spelling, blanks that don't count. */
function literal(name: string, cell: string | null, side: 0 | 1): string {
  const type = types[name]?.[side] ?? "text";
  if (cell === null) return `CAST(NULL AS ${type})`;
  if (name === "raw" && side === 1) return `unhex(${quoted(cell.replace("\\x", ""))})`;
  if (name === "doc" && side === 1 && cell.startsWith('{"a"')) return `CAST('{"b":[1.0,25e-1],"a":1}' AS JSON)`;
  if (name === "pad" && side === 1) return quoted(`${cell}  `);
  return `CAST(${quoted(cell)} AS ${type})`;
}

const valuesOf = (row: Cells, side: 0 | 1): string => `(${names.map((name) => literal(name, row[name] ?? null, side)).join(", ")})`;
const list = names.map((name) => `"${name}"`).join(", ");

export interface RoundDatabases {
  postgres: TestDatabase;
  duckdb: DuckDBConnection;
  /** Of the same database: a connection has one open result. */
  second: DuckDBConnection;
  folder: string;
}

/** The same rows in both. */
export async function makeBase({ postgres, duckdb }: RoundDatabases): Promise<void> {
  const rows = Array.from({ length: rowCount }, (_, index) => rowOf(index + 1));
  const columns = (side: 0 | 1): string => names.map((name) => `"${name}" ${types[name]?.[side]}`).join(", ");
  await postgres.read(
    `CREATE TABLE base (${columns(0)}, PRIMARY KEY (id))`,
    `INSERT INTO base (${list}) VALUES ${rows.map((row) => valuesOf(row, 0)).join(",")}`,
  );
  await duckdb.run(`CREATE TABLE base (${columns(1)})`);
  await duckdb.run(`INSERT INTO base (${list}) VALUES ${rows.map((row) => valuesOf(row, 1)).join(",")}`);
}

interface Planted {
  statements: readonly string[];
  /** As `found` tells them. */
  expected: readonly string[];
}

/** How a difference in a row is told. */
type Tell = (what: "missing" | "extra" | "changed", row: Cells, columns: readonly string[]) => string[];

const plants: readonly ((id: number, side: 0 | 1, tell: Tell, random: () => number) => Planted)[] = [
  function value(id, side, tell, random) {
    const row = rowOf(id);
    const column = Object.keys(otherValues)[Math.floor(random() * Object.keys(otherValues).length)] as string;
    const other = otherValues[column]?.(row[column] ?? null) ?? null;
    return {
      statements: [`UPDATE t SET "${column}" = ${literal(column, other, side)} WHERE id = ${id}`],
      expected: tell("changed", row, [column]),
    };
  },
  function missing(id, _side, tell) {
    return { statements: [`DELETE FROM t WHERE id = ${id}`], expected: tell("missing", rowOf(id), []) };
  },
  function extra(id, side, tell) {
    const row: Cells = { ...rowOf(id), id: String(id + 10_000), code: `new-${id}` };
    return { statements: [`INSERT INTO t (${list}) VALUES ${valuesOf(row, side)}`], expected: tell("extra", row, []) };
  },
  function duplicate(id, side, tell) {
    const row = rowOf(id);
    return { statements: [`INSERT INTO t (${list}) VALUES ${valuesOf(row, side)}`], expected: tell("extra", row, []) };
  },
  function swapped(id, side, tell) {
    const [one, other] = [rowOf(id), rowOf(id + 1)];
    const set = (of: Cells, from: Cells): string => `UPDATE t SET tag = ${literal("tag", from.tag ?? null, side)} WHERE id = ${of.id}`;
    return {
      statements: [set(one, other), set(other, one)],
      expected: [...tell("changed", one, ["tag"]), ...tell("changed", other, ["tag"])],
    };
  },
  function nullAgainstEmpty(id, side, tell) {
    const row = rowOf(id);
    const other = row.note === "" ? null : "";
    return {
      statements: [`UPDATE t SET note = ${literal("note", other, side)} WHERE id = ${id}`],
      expected: tell("changed", row, ["note"]),
    };
  },
  function lastDigitOf(id, side, tell, random) {
    const row = rowOf(id);
    const column = random() < 0.5 ? "amount" : "at";
    return {
      statements: [`UPDATE t SET "${column}" = ${literal(column, lastDigit(row[column] ?? ""), side)} WHERE id = ${id}`],
      expected: tell("changed", row, [column]),
    };
  },
];

export type RoundKind = "postgres-duckdb" | "duckdb-parquet";

export interface Round {
  found: string[];
  expected: string[];
  report: TableReport;
  planted: number;
}

/** One round. `seed` decides what is planted where, by which key rows are matched, and how many workers there are. */
export async function playRound(databases: RoundDatabases, kind: RoundKind, seed: number): Promise<Round> {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const key = pick([["id"], ["code"], ["part", "id"], [], ["id"]]);
  const isHere = random() < 0.5;
  const ids = Array.from({ length: 5 }, (_, index) => index * 40 + 1 + Math.floor(random() * 38));
  const count = Math.floor(random() * 5);
  const side = kind === "postgres-duckdb" && isHere ? 0 : 1;
  const tell: Tell = (what, row, columns) => tellAs({ what, row, columns, key, isHere });
  const planted = ids.slice(0, count).map((id) => pick(plants)(id, side, tell, random));
  const statements = planted.flatMap((each) => each.statements);
  const [here, there] = await sidesOf(databases, kind, isHere, statements);
  const comparison: Comparison = { key: [...key], schema: "off" };
  const pair = { sides: { here, there }, here: await describe(here), there: await describe(there), comparison };
  const workers = pick([undefined, 1, 2]);
  const report = await verifyTable(pair, { examples: 1000, workers }, { onPhase() {}, onRows() {} });
  const told = report.examples.map(({ what, key: own, columns }) => `${what} ${key.map((name) => own[name]).join("/")} ${columns.join()}`);
  return {
    found: told.map((text) => text.replace(/ +/, " ").trim()).sort(),
    expected: planted.flatMap((each) => each.expected).sort(),
    report,
    planted: count,
  };
}

function tellAs({
  what,
  row,
  columns,
  key,
  isHere,
}: {
  what: "missing" | "extra" | "changed";
  row: Cells;
  columns: readonly string[];
  key: readonly string[];
  isHere: boolean;
}): string[] {
  const id = key.map((name) => row[name]).join("/");
  const [own, other] = isHere ? ["only_here", "only_there"] : ["only_there", "only_here"];
  const told = (word: string): string => `${word} ${id}`.trim();
  if (what === "extra") return [told(own as string)];
  if (what === "missing") return [told(other as string)];
  // A key that changes makes two rows of one; so does any change where rows are matched as a whole, but for JSON.
  const isOther = columns.some((name) => key.includes(name)) || (key.length === 0 && !columns.includes("doc"));
  if (!isOther) return [`${`differing ${id}`.trim()} ${columns.join()}`];
  const moved = key.map((name) => (columns.includes(name) ? otherValues[name]?.(row[name] ?? null) : row[name])).join("/");
  return [`${own} ${moved}`.trim(), told(other as string)];
}

async function sidesOf(
  { postgres, duckdb, second, folder }: RoundDatabases,
  kind: RoundKind,
  isHere: boolean,
  statements: readonly string[],
): Promise<[VerifySide, VerifySide]> {
  const inDuckdb = async (): Promise<void> => {
    await duckdb.run("CREATE OR REPLACE TABLE t AS FROM base");
    for (const statement of statements) await duckdb.run(statement);
  };
  if (kind === "postgres-duckdb") {
    if (!isHere) {
      await inDuckdb();
      return [postgresSide(postgres, "base"), duckdbSide(duckdb, "t")];
    }
    await postgres.read("DROP TABLE IF EXISTS t", "CREATE TABLE t AS TABLE base", ...statements);
    return [postgresSide(postgres, "t"), duckdbSide(duckdb, "base")];
  }
  await inDuckdb();
  const file = `${folder}/t.parquet`;
  await duckdb.run(`COPY ${isHere ? "base" : "t"} TO '${file}' (FORMAT parquet)`);
  await duckdb.run(`CREATE OR REPLACE VIEW p AS FROM read_parquet('${file}')`);
  return [duckdbSide(duckdb, isHere ? "t" : "base"), duckdbSide(second, "p")];
}

export const postgresSide = (database: TestDatabase, table: string): VerifySide =>
  sideOf("postgres", table, () =>
    openDigest({
      options: connectionOptions({ ...database }, "verify-rounds"),
      defaultSchema: "public",
      signal: new AbortController().signal,
    }),
  );

export const duckdbSide = (connection: DuckDBConnection, table: string): VerifySide =>
  sideOf("duckdb", table, async () => {
    const api = await import("@duckdb/node-api");
    const explain = (error: unknown): TaplineError =>
      error instanceof TaplineError ? error : duckdbErrors.memory_limit_reached({ reason: (error as Error).message }, {}, error);
    return duckdbDigest({ api, connection, location: "memory", defaultSchema: "main", explain, close: async () => {} });
  });

/** In this process, but through the lines that a plugin prints. */
function sideOf(plugin: string, name: string, open: () => Promise<DigestSource>): VerifySide {
  const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return {
    place: { name, plugin, environment: "test" },
    async *digest(question) {
      await using source = await open();
      for await (const lines of source.digest(readDigestQuestion(copy(question)) as typeof question))
        for (const each of lines) {
          const line = readDigestLine(JSON.stringify(each));
          if (line === undefined || line.kind === "end") throw new Error(`no line of an answer: ${JSON.stringify(each)}`);
          yield line;
        }
    },
    async *rows(question) {
      await using source = await open();
      for await (const lines of source.rows(readRowsQuestion(copy(question)) as typeof question))
        for (const each of lines) {
          const line = readRowsLine(JSON.stringify(each));
          if (line === undefined || line.kind === "end") throw new Error(`no row: ${JSON.stringify(each)}`);
          yield line;
        }
    },
  };
}

export async function describe(side: VerifySide): Promise<DescribedTable> {
  for await (const line of side.digest({ tables: side.place.name })) if (line.kind === "table") return line.table;
  throw new Error(`no table ${side.place.name}`);
}
