/** Runs tap-postgres in the process of a test, on a database of the tests. */
import type { PostgresAddress } from "@tapline/testing/postgres";
import { type RunOptions as Options, type Sent, tapRunner } from "@tapline/testing/tap-run";
import type { Config } from "../src/config.ts";
import { tapPostgres } from "../src/index.ts";

/** Without the margin, which would hide a bookmark that is not held. */
const tap = tapRunner(tapPostgres(0));

type Database = PostgresAddress & { database: string };

export interface RunOptions extends Options {
  config?: Partial<Config>;
}

export const settings = ({ host, port, user, password, database }: Database, more: Partial<Config> = {}): Config => ({
  host,
  port,
  user,
  password,
  database,
  ...more,
});

export const runTap = (database: Database, { config, ...options }: RunOptions = {}): Promise<Sent> =>
  tap.runTap(settings(database, config), options);

export const discoverCatalog = (database: Database, config?: Partial<Config>) => tap.discoverCatalog(settings(database, config));
