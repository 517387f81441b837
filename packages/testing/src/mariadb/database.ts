/** The MariaDB server of a test run, and databases on it. A schema of a stream's name is a database there. */
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { queryMariadb } from "./query.ts";
import { type MariadbAddress, type MariadbOptions, type MariadbServer, startMariadb } from "./server.ts";
import "./setup.ts";

export interface MariadbDatabase extends MariadbAddress {
  database: string;
  /** Runs statements one after another; returns the rows of the last one as lists, every value as text, NULL as null. */
  read(...statements: string[]): Promise<(string | null)[][]>;
}

interface Answer {
  address?: MariadbAddress;
  error?: string;
  isMissing?: boolean;
}

let asked: Promise<Answer> | undefined;
let count = 0;

/**
 * `describe` for tests that need MariaDB: where it is not to be had they are skipped, and the run says so at its end.
 * @example (await describeMariadb())("tables", () => { const database = suiteMariadb(); … });
 */
export async function describeMariadb(): Promise<typeof describe | typeof describe.skip> {
  const { isMissing } = await answer();
  return isMissing === true ? describe.skip : describe;
}

/** A database for the tests of a `describe`. Tests call the result to get it. */
export function suiteMariadb(): () => MariadbDatabase {
  let made: MariadbDatabase | undefined;
  beforeAll(async () => {
    const { address, error } = await answer();
    if (address === undefined) throw new Error(`no MariaDB server for the tests: ${error}`);
    made = await makeDatabase(address);
  });
  afterAll(async () => void (await made?.read(`DROP DATABASE "${made.database}"`)));
  return () => {
    if (made === undefined) throw new Error("the database exists only while tests run");
    return made;
  };
}

/** A server for the tests of a `describe` alone, which they may restart and set up otherwise. Each call of `database` makes one. */
export function suiteMariadbServer(options?: MariadbOptions): { server(): MariadbServer; database(): Promise<MariadbDatabase> } {
  let server: MariadbServer | undefined;
  beforeAll(async () => {
    server = await startMariadb(options);
  }, 120_000);
  afterAll(() => server?.stop());
  const running = (): MariadbServer => {
    if (server === undefined) throw new Error("the server exists only while tests run");
    return server;
  };
  return { server: running, database: () => makeDatabase(running().address) };
}

async function makeDatabase(address: MariadbAddress): Promise<MariadbDatabase> {
  const database = `test_${process.pid}_${++count}`;
  await queryMariadb(address, [`CREATE DATABASE ${database}`]);
  const own = { ...address, database };
  return { ...own, read: (...statements) => queryMariadb(own, statements) };
}

function answer(): Promise<Answer> {
  asked ??= text(connect(inject("mariadbStarter"), "127.0.0.1")).then((line) => JSON.parse(line) as Answer);
  return asked;
}
