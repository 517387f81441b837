/** Opens a database file, and makes its tables and views to streams. */
import { stat } from "node:fs/promises";
import { databasePath, expectDatabase } from "@tapline/duckdb";
import { fileError, type OpenContext, type Stream, streamFailed, type TapSession } from "@tapline/sdk";
import { expectOwnNames, streamName, streamOf, tableChoice, tableName, unknownTypesNote } from "@tapline/sql-tap";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { type BrokenView, findTables } from "./discover/tables.ts";
import { errors } from "./errors.ts";
import { readTable } from "./read/read-table.ts";
import { watchSource } from "./source-file.ts";

/** @throws no_tables, errors of the file, and of tables of one name */
export async function openTables(
  filepath: string,
  settings: Config,
  { wanted, signal, log }: OpenContext,
): Promise<TapSession & AsyncDisposable> {
  const path = databasePath(filepath);
  const found = await stat(path).catch((error: unknown) => {
    throw fileError(path, {}, error);
  });
  await expectDatabase(path, found);
  const file = await watchSource(path);
  const { extensions = [], external_access, memory_limit = "512MB", threads } = settings;
  const access = external_access === true ? "all" : { paths: [], below: [] };
  const database = await openDatabase({ path, extensions, access, memoryLimit: memory_limit, threads, signal });
  try {
    const choice = tableChoice(settings);
    const { tables, broken } = await findTables(database, {
      datesAsText: settings.dates_as_string === true,
      takes: (schema, name) => choice.takes(schema, name) && (wanted === undefined || wanted.has(streamName({ schema, name }))),
    });
    if (tables.length + broken.length === 0 && wanted === undefined) throw errors.no_tables({ path, settings: choice.settings });
    const idle = choice.unmatched();
    if (idle.length > 0) log("warning", `matches no table of ${path}: ${idle.join(", ")}`);
    expectOwnNames(tables);
    const note = unknownTypesNote(tables, "DuckDB");
    if (note !== undefined) log("info", note);
    if (wanted === undefined)
      for (const { error, ...view } of broken) log("warning", `left out: ${tableName(view)} can't be read: ${error.message}`);
    return {
      streams: [
        ...tables.map((table) => streamOf(table, (context) => readTable({ table, context, database, file, settings }))),
        ...(wanted === undefined ? [] : broken.map(brokenStream)),
      ],
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** A catalog selects it, so its failure is that of one stream. */
function brokenStream({ schema, name, error }: BrokenView): Stream {
  return {
    name: streamName({ schema, name }),
    schema: { type: "object", properties: {} },
    replicationMethod: "FULL_TABLE",
    // biome-ignore lint/correctness/useYield: it fails before its first row.
    async *read() {
      throw streamFailed(error);
    },
  };
}
