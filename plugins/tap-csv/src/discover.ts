/** Finds the streams a config names: their files, columns, and the types that `infer` gives the columns. */
import type { JsonSchema, Stream } from "@tapline/sdk";
import { type Config, dialectOf, type FileSettings, filesOf } from "./config.ts";
import { errors } from "./errors.ts";
import { listFiles } from "./files.ts";
import { ColumnGuess, stringSchema } from "./infer.ts";
import { type CsvStream, readStream } from "./read.ts";
import { metadataColumns } from "./source-columns.ts";
import { checkColumns, type FirstFile, openTable, type Table, type TableOptions } from "./table.ts";

/** Rows of each file that decide about types under `infer: sample`. */
const sampleRows = 1000;

/** @throws what the config, a file's absence, its header or (with `infer`) its rows give rise to: see `errors.ts` */
export async function discoverStreams(config: Config, wanted?: ReadonlySet<string>): Promise<Stream[]> {
  const streams: Stream[] = [];
  for (const settings of await filesOf(config)) {
    // With a catalog the types are known: only headers are looked at, and only those of the streams it selects.
    if (wanted === undefined) streams.push(await discoverStream(settings, config));
    else if (wanted.has(settings.entity)) streams.push(await discoverStream(settings, { ...config, infer: "none" }));
  }
  return streams;
}

async function discoverStream(settings: FileSettings, config: Config): Promise<Stream> {
  const { entity: name, keys, replication_key: replicationKey } = settings;
  const options: TableOptions = { stream: name, dialect: dialectOf(settings), maxRowBytes: config.max_row_bytes, keys, replicationKey };
  const paths = await listFiles(settings.path, { stream: name });
  let first: FirstFile | undefined;
  const guesses = new Map<string, ColumnGuess>();
  for (const path of paths) {
    await using table = await openTable(path, options);
    if (first === undefined) {
      first = { path, header: table.header };
      for (const column of table.header) guesses.set(column, new ColumnGuess());
    }
    checkColumns(table, first, name);
    if (config.infer !== "none") await look(table, guesses, config.infer === "full" ? Number.POSITIVE_INFINITY : sampleRows);
  }
  const stream: CsvStream = { paths, options, first: first as FirstFile };
  const columns = [...guesses].map(([column, guess]) => [column, config.infer === "none" ? stringSchema : guess.schema()] as const);
  return {
    name,
    schema: { type: "object", properties: withMetadata(columns, config, stream) },
    keys,
    ...(replicationKey === undefined ? {} : { replicationKey }),
    read: (context) => readStream(stream, context),
  };
}

async function look({ header, tokenizer, more }: Table, guesses: ReadonlyMap<string, ColumnGuess>, mostRows: number): Promise<void> {
  const columns = header.map((name) => guesses.get(name) as ColumnGuess);
  let rows = 0;
  do {
    while (tokenizer.next()) {
      const { bytes, starts, ends } = tokenizer;
      for (const [cell, guess] of columns.entries()) guess.add(bytes, starts[cell] as number, ends[cell] as number);
      if (++rows === mostRows) return;
    }
  } while (await more());
}

function withMetadata(
  columns: readonly (readonly [string, JsonSchema])[],
  config: Config,
  { first, options }: CsvStream,
): Record<string, JsonSchema> {
  if (!config.add_metadata_columns) return Object.fromEntries(columns);
  for (const name of Object.keys(metadataColumns)) {
    const column = first.header.indexOf(name) + 1;
    if (column > 0) throw errors.header_name_reserved({ name, column }, { stream: options.stream, file: first.path });
  }
  return { ...metadataColumns, ...Object.fromEntries(columns) };
}
