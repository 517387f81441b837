/** Databases for single tests or suites under vitest, all on one server for the test run. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, inject, onTestFinished } from "vitest";
import type { PostgresAddress } from "./server.ts";
import "./setup.ts";

export interface TestDatabase extends PostgresAddress {
  database: string;
  /** Runs statements one after another; returns the rows of the last one as lists, every value as text, NULL as null. */
  read(...statements: string[]): Promise<(string | null)[][]>;
}

let address: Promise<PostgresAddress> | undefined;
let count = 0;

/** A database for the running test; it is dropped when the test ends. */
export async function testDatabase(): Promise<TestDatabase> {
  const { drop, ...database } = await makeDatabase();
  onTestFinished(drop);
  return database;
}

/** A database for the tests of a file or `describe`: created before them and dropped after them. Tests call the result to get it. */
export function suiteDatabase(): () => TestDatabase {
  let made: (TestDatabase & { drop(): Promise<void> }) | undefined;
  beforeAll(async () => {
    made = await makeDatabase();
  });
  afterAll(() => made?.drop());
  return () => {
    if (made === undefined) throw new Error("the database exists only while tests run");
    return made;
  };
}

async function makeDatabase(): Promise<TestDatabase & { drop(): Promise<void> }> {
  address ??= serverAddress();
  const server = await address;
  const database = `test_${process.pid}_${++count}`;
  const admin = { ...server, database: "postgres" };
  await query(admin, [`CREATE DATABASE ${database}`]);
  const own = { ...server, database };
  return {
    ...own,
    read: (...statements) => query(own, statements),
    drop: async () => void (await query(admin, [`DROP DATABASE ${database} WITH (FORCE)`])),
  };
}

async function serverAddress(): Promise<PostgresAddress> {
  const answer = JSON.parse(await text(connect(inject("postgresStarter"), "127.0.0.1")));
  if (answer.error !== undefined) throw new Error(`no PostgreSQL server for the tests: ${answer.error}`);
  return answer;
}

async function query(settings: PostgresAddress & { database: string }, statements: readonly string[]): Promise<(string | null)[][]> {
  const client = new pg.Client({ ...settings, types: { getTypeParser: () => (value: string) => value } });
  await client.connect();
  try {
    let rows: (string | null)[][] = [];
    for (const sql of ["SET TimeZone = 'UTC'", ...statements]) rows = (await client.query({ text: sql, rowMode: "array" })).rows;
    return rows;
  } finally {
    await client.end();
  }
}
