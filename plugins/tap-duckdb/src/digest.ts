/** What the tables of a database file, or the streams of files, hold (`--digest`, `--rows`): a stream of files is a view of them all. */
import { quoteName, quoteText } from "@tapline/columns";
import { databasePath, duckdbDigest } from "@tapline/duckdb";
import type { DigestSource } from "@tapline/sdk";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { errors } from "./errors.ts";
import { explain } from "./explain.ts";
import { formatOf, literalPath } from "./files/formats.ts";
import { addressesOf, localFiles } from "./files/inputs.ts";
import { listObjects, prefixOf, useKeys } from "./files/objects.ts";
import type { FileStream } from "./files/settings.ts";

/** Where the settings name files, they are the tables, under the names of their streams. @throws source_missing, and the errors of files */
export async function openDigest(settings: Config, signal: AbortSignal): Promise<DigestSource> {
  const { filepath, files = [], root, extensions = [], external_access, memory_limit: memoryLimit = "512MB", threads } = settings;
  if (filepath === undefined && files.length === 0) throw errors.source_missing({});
  const path = files.length > 0 ? undefined : databasePath(filepath as string);
  const local = await Promise.all(files.map((stream) => localFiles(stream, root)));
  const addresses = files.flatMap(addressesOf);
  const named = { paths: local.flat().flatMap((each) => [each, literalPath(each)]), below: [...new Set(addresses.map(prefixOf))] };
  const database = await openDatabase({
    path,
    extensions,
    // Views of a database may read files, as they may in a read of their rows.
    access: path !== undefined && external_access === true ? "all" : named,
    ...(addresses.length === 0 ? {} : { prepare: (query) => useKeys(query, settings) }),
    memoryLimit,
    threads,
    signal,
  });
  try {
    for (const [index, stream] of files.entries()) {
      const objects = (await Promise.all(addressesOf(stream).map((each) => listObjects(database, each, stream.format)))).flat();
      await database.query(viewOf(stream, [...(local[index] ?? []), ...objects]), stream.entity);
    }
    const location = path ?? "files";
    return duckdbDigest({
      ...{ api: database.api, connection: database.connection, location },
      defaultSchema: path === undefined ? undefined : "main",
      keyOf: ({ name }) => files.find(({ entity }) => entity === name)?.keys,
      explain: (error) => explain(error, location, path),
      close: async () => database[Symbol.asyncDispose](),
    });
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** Columns that a file lacks are NULL, as in a stream whose schema changed. */
function viewOf({ entity, format }: FileStream, paths: readonly string[]): string {
  const reads = (kind: "parquet" | "json"): string[] =>
    paths.filter((path) => formatOf(path, format) === kind).map((path) => quoteText(literalPath(path)));
  const parts = [
    ...(reads("parquet").length === 0 ? [] : [`SELECT * FROM read_parquet([${reads("parquet").join(", ")}], union_by_name = true)`]),
    ...(reads("json").length === 0
      ? []
      : [`SELECT * FROM read_json([${reads("json").join(", ")}], sample_size = -1, union_by_name = true)`]),
  ];
  return `CREATE VIEW ${quoteName(entity)} AS ${parts.join(" UNION ALL BY NAME ")}`;
}
