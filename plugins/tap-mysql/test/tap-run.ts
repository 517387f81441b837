/** Runs tap-mysql in the process of a test, on a database of the tests. */
import type { MariadbDatabase } from "@tapline/testing/mariadb";
import { type RunOptions as Options, type Sent, tapRunner } from "@tapline/testing/tap-run";
import type { Config } from "../src/config.ts";
import { tapMysql } from "../src/index.ts";

/** Without the margin, which would hide a bookmark that is not held. */
const tap = tapRunner(tapMysql(0));

export interface RunOptions extends Options {
  config?: Partial<Config>;
}

export const settings = ({ host, port, user, password, database }: MariadbDatabase, more: Partial<Config> = {}): Config => ({
  host,
  port,
  user,
  password,
  database,
  ...more,
});

export const runTap = (database: MariadbDatabase, { config, ...options }: RunOptions = {}): Promise<Sent> =>
  tap.runTap(settings(database, config), options);

export const discoverCatalog = (database: MariadbDatabase, config?: Partial<Config>) => tap.discoverCatalog(settings(database, config));
