/** target-postgres: loads Singer streams into PostgreSQL. */
import { connectionOptions, openDigest } from "@tapline/postgres";
import { packageVersion } from "@tapline/sdk";
import { defineSqlTarget } from "@tapline/sql";
import { aliases, config } from "./config.ts";
import { connect } from "./connection.ts";
import { cutover } from "./cutover/cutover.ts";
import { dialect } from "./dialect/index.ts";
import { connectToRead } from "./read-session.ts";
import { scratch } from "./scratch.ts";

export { targetPostgresErrorCatalogue } from "./errors.ts";
export { dialect };

export default defineSqlTarget({
  name: "target-postgres",
  version: packageVersion(import.meta.url),
  description: "Loads Singer streams into a PostgreSQL database",
  config,
  aliases,
  opens: [{ schemes: ["postgres", "postgresql"], setting: "sqlalchemy_url" }],
  dialect,
  readsFiles: ["csv", "pgcopy"],
  checksBeforeCommit: true,
  connect,
  connectToRead,
  openDigest: (settings, defaultSchema, signal) =>
    openDigest({ options: connectionOptions(settings, "target-postgres"), defaultSchema, signal }),
  cutover,
  scratch,
});
