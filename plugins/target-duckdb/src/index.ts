/** target-duckdb: loads Singer streams into a DuckDB file. */
import { createRequire } from "node:module";
import { defineSqlTarget } from "@tapline/sql";
import { aliases, config } from "./config.ts";
import { connect } from "./connection.ts";
import { dialect } from "./dialect.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

export default defineSqlTarget({
  name: "target-duckdb",
  version,
  description: "Loads Singer streams into a DuckDB database file",
  config,
  aliases,
  singleWriter: { setting: "filepath" },
  dialect,
  connect,
});

export { targetDuckdbErrorCatalogue } from "./errors.ts";
