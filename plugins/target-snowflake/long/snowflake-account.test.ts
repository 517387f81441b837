/**
 * target-snowflake in a Snowflake account: the promises of every target and of every SQL dialect. It makes a schema for each of them in the database of
 * the settings and drops none, so give it a database of its own, and drop that afterwards.
 *
 * Covers: plugins/target-snowflake/src, packages/sql/src, packages/columns/src, packages/testing/src/dialect
 * Needs: TAPLINE_SNOWFLAKE_CONFIG, the path of a file with settings of target-snowflake that log in to an account
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describeDialect, describeTarget, ownCommand } from "@tapline/testing";
import type { Config } from "../src/config.ts";
import { connect } from "../src/connection.ts";
import { makeDialect } from "../src/dialect/index.ts";
import { connectToRead } from "../src/read-session.ts";
import { readTable } from "../test/read-table.ts";

const path = process.env.TAPLINE_SNOWFLAKE_CONFIG;
if (path === undefined)
  throw new Error(
    'this suite needs a Snowflake account: set TAPLINE_SNOWFLAKE_CONFIG to the path of a file such as {"account": "myorg-account123", "user": "LOADER", "private_key_path": "/keys/loader.p8", "role": "LOADER", "warehouse": "LOAD_WH", "database": "TAPLINE_TEST"}',
  );
const settings: Config = { ...JSON.parse(readFileSync(path, "utf8")), identifier_case: "exact" };

let sessions = 0;
const dialect = () =>
  makeDialect({
    identifierCase: "exact",
    timestampType: "TIMESTAMP_TZ",
    schema: "PUBLIC",
    token: `kit${process.pid}_${++sessions}`,
    upsertWay: "delete_insert",
  });

describeTarget({
  command: ownCommand(import.meta.url),
  config: (folder) => ({ ...settings, default_target_schema: basename(folder) }),
  read: (stream, folder) => readTable(settings, basename(folder), stream),
  loadMethods: ["append-only", "upsert", "overwrite"],
  timeoutMs: 600_000,
});

describeDialect({
  dialect: dialect(),
  ignoringCase: { prepare: [], type: "VARCHAR COLLATE 'en-ci'" },
  enforcesNothing: true,
  connect: () => connect(settings, dialect()),
  connectToRead: (_, signal) => connectToRead(settings, dialect(), signal),
  read: ({ schema, table }) => readTable(settings, schema, table),
});
