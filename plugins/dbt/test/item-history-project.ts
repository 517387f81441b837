/** A copy of examples/item-history in a temporary folder, on DuckDB or PostgreSQL: writes the exports of a day, runs jobs, reads results. */
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresAddress } from "@tapline/testing/postgres";
import { parse } from "csv-parse/sync";
import pg from "pg";
import { type Ended, run } from "../../../packages/workspace/src/command.ts";
import { duckdbRows } from "../../../packages/workspace/src/duckdb.ts";
import { root } from "../../../packages/workspace/src/repository.ts";
import { dbtForTests } from "./dbt-for-tests.ts";

export type Row = Record<string, string | null>;
export type Kind = "duckdb" | "postgres";

export interface ItemHistory extends AsyncDisposable {
  folder: string;
  /** Writes the exports of a day; the rows of items.csv, an empty cell as null. */
  exportDay(day: number): Row[];
  /** The rows of an existing export. */
  exported(stream: string): Row[];
  /** `daily` or `load`, on this database. */
  job(name: "daily" | "load", ...flags: string[]): Promise<Ended>;
  tapline(...args: string[]): Promise<Ended>;
  /** Values as text. */
  rows(sql: string): Promise<Row[]>;
}

export async function itemHistory(kind: Kind, server: PostgresAddress): Promise<ItemHistory> {
  const folder = mkdtempSync(join(tmpdir(), "item-history-"));
  const left = /\/(output|\.tapline|target|logs)(\/|$)/;
  cpSync(join(root, "examples/item-history"), folder, { recursive: true, filter: (path) => !left.test(path) });
  const file = join(folder, "output/quickbooks.duckdb");
  const database = `item_history_${folder.slice(-6).toLowerCase()}`;
  const { host, port, user, password } = server;
  await useDbt(folder, port);
  if (kind === "postgres") await query({ ...server, database: "postgres" }, `CREATE DATABASE ${database}`);
  const env = { PGHOST: host, PGUSER: user, PGPASSWORD: password, PGDATABASE: database };
  const exported = (stream: string): Row[] => {
    const rows: Record<string, string>[] = parse(readFileSync(join(folder, "exports", `${stream}.csv`)), { columns: true });
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell === "" ? null : cell])));
  };
  const tapline = (...args: string[]): Promise<Ended> => run("tapline", args, { cwd: folder, env });
  return {
    folder,
    exported,
    exportDay(day) {
      execFileSync(process.execPath, ["make-exports.mjs", "exports", String(day)], { cwd: folder });
      return exported("items");
    },
    job: (name, ...flags) => tapline("run", kind === "duckdb" ? name : `${name}-postgres`, "--environment", "test", ...flags),
    tapline,
    rows: (sql) => (kind === "duckdb" ? duckdbRows(file, sql) : query({ ...server, database }, sql)),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true });
    },
  };
}

/** An environment `test` with the dbt and the PostgreSQL server of the tests. */
async function useDbt(folder: string, port: number): Promise<void> {
  const plugins = { dbt: { config: { executable: await dbtForTests() } }, "target-postgres": { config: { port } } };
  appendFileSync(join(folder, "tapline.yml"), `\nenvironments: ${JSON.stringify({ test: { plugins } })}\n`);
}

async function query(address: PostgresAddress & { database: string }, sql: string): Promise<Row[]> {
  const client = new pg.Client({ ...address, types: { getTypeParser: () => (value: string) => value } });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
