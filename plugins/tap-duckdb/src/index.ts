/** tap-duckdb: reads DuckDB databases, and the files that DuckDB reads. */
import { defineTap, type OpenContext, packageVersion, type TapSession } from "@tapline/sdk";
import { aliases, type Config, config } from "./config.ts";
import { errors } from "./errors.ts";
import { openTables } from "./open-tables.ts";
import { openings } from "./openings.ts";

export { tapDuckdbErrorCatalogue } from "./errors.ts";

export default defineTap({
  name: "tap-duckdb",
  version: packageVersion(import.meta.url),
  description: "Reads DuckDB databases, and Parquet and JSON files.",
  config,
  aliases,
  opens: openings,
  open,
});

/** Streams of tables, then streams of files. @throws source_missing, and the errors of both */
async function open(settings: Config, context: OpenContext): Promise<TapSession> {
  const { filepath } = settings;
  if (filepath === undefined) throw errors.source_missing({});
  return openTables(filepath, settings, context);
}
