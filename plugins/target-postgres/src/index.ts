/** target-postgres: loads Singer streams into PostgreSQL. */
import { createRequire } from "node:module";
import { defineSqlTarget } from "@tapline/sql";
import { aliases, config } from "./config.ts";
import { connect } from "./connection.ts";
import { dialect } from "./dialect.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

export default defineSqlTarget({
  name: "target-postgres",
  version,
  description: "Loads Singer streams into a PostgreSQL database",
  config,
  aliases,
  dialect,
  connect,
});
