/** Opens the files of the config, and makes their streams. */
import {
  type JsonSchema,
  type OpenContext,
  type ReadContext,
  type Stream,
  StreamFailed,
  streamFailed,
  type TapSession,
} from "@tapline/sdk";
import type { Config } from "./config.ts";
import { type Database, openDatabase } from "./database.ts";
import { fileColumns, withColumns } from "./files/columns.ts";
import { literalPath } from "./files/formats.ts";
import { type Input, localInput, objectInput } from "./files/input.ts";
import { addressesOf, localFiles } from "./files/inputs.ts";
import { listObjects, prefixOf, useKeys } from "./files/objects.ts";
import { readFiles } from "./files/read-files.ts";
import type { FileStream } from "./files/settings.ts";

/** @throws errors of paths, extension_needed, and those of files that can't be read */
export async function openFiles(
  files: readonly FileStream[],
  settings: Config,
  { wanted, signal }: OpenContext,
): Promise<TapSession & AsyncDisposable> {
  const { root, extensions = [], memory_limit = "512MB", threads } = settings;
  const streams = files.filter(({ entity }) => wanted === undefined || wanted.has(entity));
  const local = new Map<FileStream, string[]>();
  for (const stream of streams) local.set(stream, await localFiles(stream, root));
  const addresses = streams.flatMap(addressesOf);
  const database = await openDatabase({
    path: undefined,
    extensions,
    // Only what was listed is read, whatever is in a file.
    access: {
      paths: [...local.values()].flat().flatMap((path) => [path, literalPath(path)]),
      below: [...new Set(addresses.map(prefixOf))],
    },
    ...(addresses.length === 0 ? {} : { prepare: (query) => useKeys(query, settings) }),
    memoryLimit: memory_limit,
    threads,
    signal,
  });
  try {
    const made: Stream[] = [];
    for (const stream of streams) {
      const inputs = await inputsOf(stream, local.get(stream) ?? [], database);
      made.push(await streamOf(stream, inputs, settings, database, wanted !== undefined));
    }
    return { streams: made, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

async function inputsOf(stream: FileStream, local: readonly string[], database: Database): Promise<Input[]> {
  const objects: string[] = [];
  for (const address of addressesOf(stream)) objects.push(...(await listObjects(database, address, stream.format)));
  return [
    ...local.map((path) => localInput(path, stream.entity)),
    ...[...new Set(objects)].map((address) => objectInput(address, stream.entity, database)),
  ];
}

/** `isKnown`: a catalog has the types. */
async function streamOf(
  settings: FileStream,
  inputs: readonly Input[],
  { add_metadata_columns: hasSource = false, dates_as_string: datesAsText = false }: Config,
  database: Database,
  isKnown: boolean,
): Promise<Stream> {
  const { entity, keys = [], format } = settings;
  let schema: JsonSchema = { type: "object", properties: {} };
  if (!isKnown)
    for (const { name: path } of inputs)
      schema = withColumns(schema, await fileColumns(database, { path, name: path, format, datesAsText, hasSource }), keys);
  return {
    name: entity,
    schema,
    keys,
    replicationMethod: "INCREMENTAL",
    async totalBytes() {
      let bytes = 0;
      for (const input of inputs) bytes += (await input.look()).size;
      return bytes;
    },
    read: (context) => readStream({ database, context, settings, inputs, datesAsText }),
  };
}

async function* readStream(reading: {
  database: Database;
  context: ReadContext;
  settings: FileStream;
  inputs: readonly Input[];
  datesAsText: boolean;
}) {
  try {
    yield* readFiles(reading);
  } catch (error) {
    if (reading.context.signal.aborted) return;
    throw error instanceof StreamFailed ? error : streamFailed(error);
  }
}
