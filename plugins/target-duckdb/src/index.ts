/** target-duckdb: loads Singer streams into a DuckDB file. */
import { createRequire } from "node:module";
import { defineTarget } from "@tapline/sdk";
import { aliases, config } from "./config.ts";
import { openSink } from "./sink.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

export default defineTarget({
  name: "target-duckdb",
  version,
  description: "Loads Singer streams into a DuckDB database file",
  config,
  aliases,
  singleWriter: { setting: "filepath" },
  open: openSink,
});

export { targetDuckdbErrorCatalogue } from "./errors.ts";
