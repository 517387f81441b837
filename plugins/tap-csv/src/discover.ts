/** Finds the streams of a config: their files, the dialect of each file, the columns and their types. */
import {
  type JsonSchema,
  keyCandidateRowsKey,
  keyCandidatesKey,
  type Log,
  type MetadataEntry,
  orderedObject,
  type Stream,
} from "@tapline/sdk";
import { type Config, type FileSettings, filesOf } from "./config.ts";
import { errors } from "./errors.ts";
import { fileSizes } from "./file-sizes.ts";
import { findClaimed } from "./find/claimed.ts";
import { findStreams } from "./find/find.ts";
import { type CsvStream, isEmptyAndLeft, readStream, tableOptions, warnOfNames } from "./read.ts";
import { dialectMetadata, type FileDialect, findDialect } from "./rows/file-dialect.ts";
import { policyOf } from "./rows/row-settings.ts";
import { nameOf } from "./source/source.ts";
import { openTable, type Table } from "./table.ts";
import { chosenType, columnMetadata, configuredType } from "./types/column-types.ts";
import { ColumnGuess, inferTypes } from "./types/infer.ts";
import { describeDoubt, type InferredType, stringSchema } from "./types/inferred-type.ts";
import { KeyGuess } from "./types/key-guess.ts";
import { typingOf } from "./types/type-settings.ts";
import { metadataColumns } from "./write/source-columns.ts";

/** Rows of each file that types are detected from under `infer: sample`. */
const sampleRows = 1000;

/** @throws the errors of the config, of opening a file, of its header and, with `infer`, of its rows: see `errors.ts` */
export async function discoverStreams(config: Config, wanted?: ReadonlySet<string>, log: Log = () => {}): Promise<Stream[]> {
  const all = await filesOf(config);
  const streams: Stream[] = [];
  const chosen = wanted ? all.filter(({ entity }) => wanted.has(entity)) : all;
  const { claimed_files: claimed } = config;
  const found = claimed === undefined ? findStreams(chosen, config, { log }) : findClaimed(chosen, config, claimed, log);
  for (const { settings, inputs } of await found) {
    const stream = csvStream(settings, config, inputs, wanted !== undefined);
    // A catalog has columns, types and dialects already, so files are opened only when they are read.
    if (wanted !== undefined) streams.push(asStream(stream, settings, [], []));
    else if (inputs.length > 0) {
      const found = await discoverStream(stream, settings, log);
      if (found !== undefined) streams.push(found);
    }
  }
  return streams;
}

function csvStream(settings: FileSettings, config: Config, inputs: CsvStream["inputs"], hasCatalog: boolean): CsvStream {
  return {
    name: settings.entity,
    settings,
    config,
    inputs,
    sizes: fileSizes(inputs),
    policy: policyOf(settings),
    typing: typingOf(settings, { stream: settings.entity }),
    hasCatalog,
    reported: new Set(),
  };
}

/** Undefined when all files are empty. */
async function discoverStream(stream: CsvStream, settings: FileSettings, log: Log): Promise<Stream | undefined> {
  const { config, typing } = stream;
  const { infer } = config;
  const guesses = new Map<string, ColumnGuess>();
  const dialects = new Map<string, FileDialect>();
  const keyGuess = settings.keys.length === 0 ? new KeyGuess() : undefined;
  for (const input of stream.inputs) {
    const leaveEmpty = (error: unknown): undefined => {
      if (!isEmptyAndLeft(stream, input, error, log)) throw error;
    };
    const dialect = await findDialect(input, settings, log).catch(leaveEmpty);
    if (dialect === undefined) continue;
    const options = { ...tableOptions(stream), ...dialect, knownNames: guesses.keys(), isPreview: true };
    await using table = await openTable(input, options).catch(leaveEmpty);
    if (table === undefined) continue;
    dialects.set(nameOf(input), dialect);
    if (config.add_metadata_columns) refuseReserved(table, stream.name);
    warnOfNames(stream, table, log);
    for (const column of table.header)
      if (!guesses.has(column)) guesses.set(column, new ColumnGuess({ nulls: typing.nulls, hasZone: typing.zone !== undefined }));
    // A pipe can't be read twice.
    const rows = infer === "full" && table.size !== undefined ? Number.POSITIVE_INFINITY : sampleRows;
    keyGuess?.startFile(table.header);
    if (infer !== "none") await guessTypes(table, guesses, rows, keyGuess);
  }
  if (dialects.size === 0) return undefined;
  if ((settings.sheet ?? settings.range) !== undefined && [...dialects.values()].every(({ place }) => place === undefined))
    log("warning", `stream ${stream.name}: sheet and range have no effect, because none of its files is a workbook`);
  const usesSemicolons = [...dialects.values()].some(({ dialect }) => dialect.delimiter === ";");
  const guessed = infer === "none" ? new Map<string, InferredType>() : inferTypes(guesses, usesSemicolons);
  const columns = [...guesses.keys()].map((name) => [name, chosenType(configuredType(name, typing), guessed.get(name))] as const);
  for (const [name, type] of columns) {
    if (type?.doubt !== undefined) log("warning", describeDoubt(name, type.doubt), stream.name);
    else if (type !== undefined) log("debug", `stream ${stream.name}: ${describeColumn(name, type)}`);
  }
  const properties = columns.map(([name, type]) => [name, type?.schema ?? stringSchema] as const);
  const metadata = columns.flatMap(([name, type]) => (type === undefined ? [] : [columnMetadata(name, type)]));
  const found = dialectMetadata(dialects);
  const keys = keyGuess?.conclude(new Map(properties)) ?? [];
  const candidates = { [keyCandidatesKey]: keys, [keyCandidateRowsKey]: keyGuess?.rows ?? 0 };
  const ofStream = keys.length === 0 ? found : { ...found, metadata: { ...found.metadata, ...candidates } };
  return asStream(stream, settings, properties, [ofStream, ...metadata]);
}

/** Without values, which don't belong into a log: tap-csv inspect shows them. */
const describeColumn = (name: string, { kind, format }: InferredType): string =>
  `column ${JSON.stringify(name)} is ${kind}${format === undefined ? "" : ` in the format ${format}`} (to see why: tap-csv inspect)`;

function asStream(
  stream: CsvStream,
  { keys, replication_key: replicationKey, replication_method: replicationMethod }: FileSettings,
  columns: readonly (readonly [string, JsonSchema])[],
  metadata: readonly MetadataEntry[],
): Stream {
  const added = stream.config.add_metadata_columns ? Object.entries(metadataColumns) : [];
  return {
    name: stream.name,
    schema: { type: "object", properties: orderedObject([...added, ...columns]) },
    keys,
    ...(replicationKey === undefined ? {} : { replicationKey }),
    replicationMethod,
    metadata,
    totalBytes: () => stream.sizes.total(),
    read: (context) => readStream(stream, context),
  };
}

/** Feeds up to `maxRows` rows to the guesses, and the first of them to `keyGuess`. */
async function guessTypes(
  { path, header, tokenizer, more, originOf }: Table,
  guesses: ReadonlyMap<string, ColumnGuess>,
  maxRows: number,
  keyGuess: KeyGuess | undefined,
): Promise<void> {
  const columns = header.map((name) => guesses.get(name));
  let rows = 0;
  do {
    while (tokenizer.next()) {
      const { bytes, starts, ends } = tokenizer;
      const at = { file: path, line: tokenizer.line };
      for (const [cell, guess] of columns.entries()) guess?.add(bytes, starts[cell] as number, ends[cell] as number, at, originOf(cell));
      if (rows < sampleRows) keyGuess?.addRow(bytes, starts, ends);
      if (++rows === maxRows) return;
    }
  } while (await more());
}

function refuseReserved({ header, path }: Table, stream: string): void {
  for (const name of Object.keys(metadataColumns)) {
    const column = header.indexOf(name) + 1;
    if (column > 0) throw errors.header_name_reserved({ name, column }, { stream, file: path });
  }
}
