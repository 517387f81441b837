/** target-duckdb: loads Singer streams into a DuckDB file. */
import { databasePath } from "@tapline/duckdb";
import { packageVersion } from "@tapline/sdk";
import { defineSqlTarget } from "@tapline/sql";
import { aliases, config } from "./config.ts";
import { connect } from "./connection.ts";
import { findMissing } from "./database-file.ts";
import { dialect } from "./dialect/index.ts";
import { connectToRead, openDigest } from "./read-session.ts";

export { dialect };

export default defineSqlTarget({
  name: "target-duckdb",
  version: packageVersion(import.meta.url),
  description: "Loads Singer streams into a DuckDB database file",
  config,
  aliases,
  singleWriter: { setting: "filepath" },
  opens: [
    { schemes: ["duckdb"], setting: "filepath", without_scheme: true },
    { extensions: [".duckdb", ".ddb"], setting: "filepath" },
  ],
  readsFiles: ["csv"],
  checksBeforeCommit: true,
  dialect,
  connect,
  findMissing: ({ filepath }) => findMissing(databasePath(filepath)),
  connectToRead,
  openDigest,
});

export { targetDuckdbErrorCatalogue } from "./errors.ts";
