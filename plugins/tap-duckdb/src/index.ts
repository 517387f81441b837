/** tap-duckdb: reads DuckDB databases, and the files that DuckDB reads. */
import { defineTap, type OpenContext, packageVersion, type TapSession } from "@tapline/sdk";
import { aliases, type Config, config } from "./config.ts";
import { openDigest } from "./digest.ts";
import { errors } from "./errors.ts";
import { openFiles } from "./open-files.ts";
import { openTables } from "./open-tables.ts";
import { openings } from "./openings.ts";

export { tapDuckdbErrorCatalogue } from "./errors.ts";

export default defineTap({
  name: "tap-duckdb",
  version: packageVersion(import.meta.url),
  description: "Reads DuckDB databases, and Parquet and JSON files.",
  config,
  aliases,
  readsRange: true,
  opens: openings,
  open,
  digest: openDigest,
});

/** Streams of tables, then streams of files. @throws source_missing, and the errors of both */
async function open(settings: Config, context: OpenContext): Promise<TapSession> {
  const { filepath, files = [] } = settings;
  if (filepath === undefined && files.length === 0) throw errors.source_missing({});
  const sessions: (TapSession & AsyncDisposable)[] = [];
  try {
    if (filepath !== undefined) sessions.push(await openTables(filepath, settings, context));
    if (files.length > 0) sessions.push(await openFiles(files, settings, context));
  } catch (error) {
    await closeAll(sessions);
    throw error;
  }
  return { streams: sessions.flatMap(({ streams }) => streams), [Symbol.asyncDispose]: () => closeAll(sessions) };
}

async function closeAll(sessions: readonly AsyncDisposable[]): Promise<void> {
  for (const session of sessions) await session[Symbol.asyncDispose]();
}
