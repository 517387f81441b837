/** target-snowflake: loads Singer streams into Snowflake. */
import { randomBytes } from "node:crypto";
import { packageVersion } from "@tapline/sdk";
import { defineSqlTarget } from "@tapline/sql";
import { aliases, type Config, config } from "./config.ts";
import { connect } from "./connection.ts";
import { makeDialect } from "./dialect/index.ts";
import { openDigest } from "./digest/session.ts";
import { connectToRead } from "./read-session.ts";

const token = randomBytes(4).toString("hex");

const dialectFor = ({
  identifier_case: identifierCase = "upper",
  timestamp_type: timestampType = "TIMESTAMP_TZ",
  schema = "PUBLIC",
  upsert_with: upsertWay = "delete_insert",
}: Config) => makeDialect({ identifierCase, timestampType, schema, token, upsertWay });

/** As the settings leave it where none is set. */
export const dialect = dialectFor({} as Config);

export default defineSqlTarget({
  name: "target-snowflake",
  version: packageVersion(import.meta.url),
  description: "Loads Singer streams into Snowflake",
  config,
  aliases,
  dialect,
  dialectFor,
  connect: (settings) => connect(settings, dialectFor(settings)),
  connectToRead: (settings, signal) => connectToRead(settings, dialectFor(settings), signal),
  openDigest: (settings, defaultSchema, signal) => openDigest(settings, dialectFor(settings), defaultSchema, signal),
});

export { targetSnowflakeErrorCatalogue } from "./errors.ts";
