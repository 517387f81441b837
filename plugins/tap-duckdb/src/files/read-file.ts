/** The rows of one file, from a row on. Rows of Parquet leave DuckDB as lines; objects of JSON as they are in the file. */
import { type Chunk, Lines, parseExact, type ReadContext, type Row, schemaChange, sourceColumn } from "@tapline/sdk";
import type { Database } from "../database.ts";
import { errors } from "../errors.ts";
import { streamTexts } from "../read/stream-lines.ts";
import { TableLines } from "../read/table-lines.ts";
import { call } from "../wire/json-text.ts";
import { type FileColumn, fileColumns, withColumns } from "./columns.ts";
import { explainFile } from "./explain-file.ts";
import { type Format, formatOf, jsonObjects, parquetSource } from "./formats.ts";

export interface FileReading {
  database: Database;
  context: ReadContext;
  path: string;
  /** What rows say of their file. */
  name: string;
  format: Format | undefined;
  datesAsText: boolean;
  hasSource: boolean;
  /** So many rows are left out. */
  from: number;
}

/** A piece of the stream, and how many rows of the file were read with it, from its start. */
export interface FilePiece {
  chunk: Chunk;
  rows: number;
}

/** @throws file_broken and what DuckDB says */
export async function* readFile(reading: FileReading): AsyncGenerator<FilePiece> {
  const { database, context, path, format, from } = reading;
  const columns = await fileColumns(database, reading);
  const schema = withColumns(context.schema, missingFrom(context, columns), context.keyProperties);
  if (schema !== context.schema) yield { chunk: schemaChange(schema), rows: from };
  try {
    yield* formatOf(path, format) === "json" ? readObjects(reading) : readParquet(reading, columns);
  } catch (error) {
    throw explainFile(error, path);
  }
}

/** Columns that the catalog deselects are not asked for again. */
function missingFrom({ columns, metadata }: ReadContext, found: readonly FileColumn[]): FileColumn[] {
  const known = new Set(metadata.map(({ breadcrumb }) => breadcrumb[1]));
  return found.filter(({ name }) => columns.includes(name) || !known.has(name));
}

async function* readParquet({ database, context, path, from }: FileReading, columns: readonly FileColumn[]): AsyncGenerator<FilePiece> {
  const hasPlace = !columns.some(({ name }) => name.toLowerCase() === "file_row_number");
  const lines = new TableLines(
    { label: path, source: parquetSource(path, hasPlace), columns, keys: context.keyProperties, isView: false },
    context,
    database,
  );
  const change = await lines.look("");
  if (change !== undefined) yield { chunk: change, rows: from };
  const after = from === 0 ? "" : hasPlace ? `WHERE t.file_row_number >= ${from}` : `OFFSET ${from}`;
  let rows = from;
  for await (const piece of lines.read(after)) {
    rows += piece.lines.count;
    yield { chunk: piece.lines, rows };
  }
}

async function* readObjects({ database, path, name, hasSource, from }: FileReading): AsyncGenerator<FilePiece> {
  const line = call(
    "concat",
    call("translate", "CAST(t.json AS VARCHAR)", `${call("chr", "10")} || ${call("chr", "13")}`, "'  '"),
    call("chr", "10"),
  );
  let rows = from;
  for await (const { bytes } of streamTexts(database, `SELECT ${line} FROM ${jsonObjects(path)} AS t OFFSET ${from}`, path)) {
    const objects = Buffer.from(bytes)
      .toString()
      .trimEnd()
      .split("\n")
      .map((text) => parseExact(text) as Row);
    for (const [i, object] of objects.entries()) {
      if (typeof object !== "object" || object === null || Array.isArray(object))
        throw errors.file_broken({ path, reason: `value ${rows + i + 1} is no object` }, { file: path, line: rows + i + 1 });
      if (hasSource) object[sourceColumn] = name;
    }
    rows += objects.length;
    yield { chunk: objects, rows };
  }
}

export const countOf = (chunk: Chunk): number => (chunk instanceof Lines ? chunk.count : Array.isArray(chunk) ? chunk.length : 0);
