/** Databases for single tests or suites under vitest, all on one server for the test run. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, inject, onTestFinished } from "vitest";
import { queryPostgres } from "./query.ts";
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
  await queryPostgres(admin, [`CREATE DATABASE ${database}`]);
  const own = { ...server, database };
  return {
    ...own,
    read: (...statements) => queryPostgres(own, statements),
    drop: async () => void (await queryPostgres(admin, [`DROP DATABASE ${database} WITH (FORCE)`])),
  };
}

async function serverAddress(): Promise<PostgresAddress> {
  const answer = JSON.parse(await text(connect(inject("postgresStarter"), "127.0.0.1")));
  if (answer.error !== undefined) throw new Error(`no PostgreSQL server for the tests: ${answer.error}`);
  return answer;
}
