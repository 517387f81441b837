/** The sink: one table for each stream, and one commit of all of them, which is a new manifest. */
import { randomUUID } from "node:crypto";
import { type Compression, hasZstd } from "@tapline/columns";
import { type Reject, type Sink, type StreamCounts, TaplineError, type TargetSettings, type TargetStream, type Writer } from "@tapline/sdk";
import {
  checkedSchema,
  columnSchema,
  rejectsBatch,
  rejectsStream,
  rejectsSuffix,
  sqlErrors,
  toleratingDeselected,
  unknownFieldsOf,
  valueRules,
  withoutDeselected,
} from "@tapline/sql";
import type { Config } from "./config.ts";
import { errors } from "./errors.ts";
import { folderName } from "./folder-name.ts";
import { checkContinues, withRecord } from "./ledger.ts";
import { type HeldManifest, holdManifest, type LoadId, readOnly } from "./manifest/held-manifest.ts";
import { emptyManifest, listedFiles, type StreamEntry, streamIn, withStreams } from "./manifest/manifest.ts";
import { Engine } from "./merge/engine.ts";
import { measurer } from "./merge/measure.ts";
import { merger } from "./merge/merger.ts";
import { rewriter } from "./merge/rewriter.ts";
import { openStore } from "./store/open-store.ts";
import type { Store } from "./store/store.ts";
import { FilePool } from "./stream/file-pool.ts";
import { partitionerFor, unknownStreams } from "./stream/partition.ts";
import { type FeedRules, StreamFiles } from "./stream/stream-files.ts";
import { StreamTable, type TableCommit } from "./stream/stream-table.ts";
import { typeRules } from "./stream/types.ts";

export interface SinkContext {
  version: string;
}

/** @throws the errors of settings and of the root */
export async function openSink(config: Config, { version }: SinkContext): Promise<Sink> {
  const compression = usableCompression(config.compression);
  const load = loadId(config);
  const id = writerId();
  const store = await openStore(config, id);
  const held = await begin(store, id, load, config).catch(async (error: Error) => {
    await store[Symbol.asyncDispose]();
    throw error;
  });
  const pool = new FilePool();
  const tables = new Map<string, StreamTable>();
  /** Of rejected rows, by stream. */
  const rejects = new Map<string, StreamTable>();
  /** Streams by their folder in lower case. */
  const owners = new Map<string, string>();
  const rules = valueRules(config);
  let count = 0;
  /** Published files that no manifest can list yet. */
  let unlisted: string[] = [];

  const newPath = (): string => store.newPath();
  const engine = new Engine({ memoryLimit: config.memory_limit ?? "512MB", folder: store.staging });
  const context = {
    nextName: () => `${id}-${String(++count).padStart(6, "0")}.parquet`,
    measure: measurer({ engine, store }),
    merger: merger({ engine, store, rewrite: rewriter({ engine, compression, newPath }) }),
    nested: config.nested ?? "json",
    hardDelete: (config as Partial<TargetSettings>).hard_delete === true,
  };
  const options = {
    pool,
    newPath,
    compression,
    createdBy: `tapline version ${version}`,
    fileBytes: config.file_bytes ?? 128 << 20,
    fileRows: config.file_rows ?? Number.POSITIVE_INFINITY,
  };
  const unknownOf = (stream: TargetStream) => unknownFieldsOf(config, false, stream);

  const openTable = (name: string, stream: TargetStream, feed: FeedRules, rejectsOf?: string): Promise<StreamTable> => {
    const folder = folderName(name);
    const other =
      owners.get(folder.toLowerCase()) ?? held.manifest.streams.find((each) => each.folder.toLowerCase() === folder.toLowerCase())?.stream;
    if (other !== undefined && other !== name) throw errors.folder_collision({ folder, other, stream: name }, { stream: stream.name });
    owners.set(folder.toLowerCase(), name);
    // Rejected rows have other columns than the stream.
    const partitions = rejectsOf === undefined ? partitionerFor(config.partition_by, stream) : undefined;
    const fresh: StreamEntry = {
      stream: name,
      folder,
      ...(rejectsOf !== undefined && { rejects_of: rejectsOf }),
      keys: [],
      columns: [],
      schemas: [],
      files: [],
    };
    return StreamTable.open({
      context,
      known: streamIn(held.manifest, name),
      fresh,
      stream,
      makeFiles: (first, plan, measure) => new StreamFiles({ ...options, measure }, feed, partitions, first, plan),
    });
  };

  const usable = (stream: TargetStream): TargetStream => ({
    ...stream,
    schema: columnSchema(withoutDeselected(stream.schema, unknownOf(stream)), rules),
  });

  const all = (): [string, StreamTable][] => [
    ...tables,
    ...[...rejects].map(([stream, table]): [string, StreamTable] => [rejectsName(stream), table]),
  ];

  const discard = async (): Promise<void> => {
    for (const [, table] of all()) await table.drop();
    const names = unlisted;
    unlisted = [];
    await store.remove(names);
  };

  return {
    guarantee: load === undefined ? undefined : { exactly_once: true },
    checkedSchema: (schema, stream) => toleratingDeselected(checkedSchema(schema, rules, typeRules), unknownOf(stream)),
    async open(stream): Promise<Writer> {
      const requiredKeys = stream.loadMethod === "append-only" ? [] : stream.keys;
      const feed = { rules, unknownFields: unknownOf(stream), requiredKeys };
      const table = await openTable(stream.name, usable(stream), feed);
      tables.set(stream.name, table);
      return {
        write: (batch) => explained(store, () => table.write(batch)),
        activate: async (activation) => table.activate(activation),
        replaceSource: (column, value) => explained(store, () => table.replaceSource(column, value)),
        alter: (next) => explained(store, () => table.define(usable(next))),
        async keepRejects(refused: readonly Reject[]) {
          const kept =
            rejects.get(stream.name) ??
            (await openTable(rejectsName(stream.name), rejectsStream(stream.name), { requiredKeys: [] }, stream.name));
          rejects.set(stream.name, kept);
          await explained(store, () => kept.write(rejectsBatch(stream.name, refused, config.run_id)));
        },
      };
    },
    review() {
      const loaded = held.manifest.streams.map(({ stream }) => stream);
      return unknownStreams(config.partition_by, [...tables.keys()], loaded).map(
        (name) => `partition_by names the stream ${JSON.stringify(name)}, which the tap did not send and no load has written`,
      );
    },
    async commit(state) {
      const changes: [StreamTable, TableCommit][] = [];
      const counts = new Map<string, StreamCounts>();
      for (const [name, table] of all()) {
        const change = await explained(store, () => table.prepare());
        if (change === undefined) continue;
        changes.push([table, change]);
        if (change.counts !== undefined && tables.get(name) === table) counts.set(name, change.counts);
      }
      // A STATE without rows is kept too: once it is reported, a tap may let its source forget what came before.
      if (changes.length === 0 && (load === undefined || state === undefined)) return { counts, recorded: false };
      for (const [, { added }] of changes)
        for (const { path, name } of added) {
          unlisted.push(name);
          await store.publish(path, name);
        }
      // Should the manifest be replaced and the answer lost, it lists these files: from here on only the next start's sweep deletes them.
      unlisted = [];
      await held.commit((manifest) => {
        const next = withStreams(
          manifest,
          changes.map(([, { entry }]) => entry),
        );
        return load === undefined ? next : withRecord(next, load, state, counts, tables.keys());
      });
      for (const [table, change] of changes) table.committed(change);
      // What can't be removed now is swept at the next start.
      await store.remove(changes.flatMap(([, { removed }]) => removed)).catch(() => {});
      return { counts, recorded: load !== undefined && state !== undefined };
    },
    rollback: discard,
    destination: (stream) => ({
      table: `${store.location}/${folderName(stream)}`,
      rejects: rejects.has(stream) ? `${store.location}/${folderName(rejectsName(stream))}` : undefined,
    }),
    countRows: async (stream) => (tables.get(stream) as StreamTable).rows,
    async [Symbol.asyncDispose]() {
      await discard().catch(() => {});
      await engine[Symbol.asyncDispose]();
      await held.release().catch(() => {});
      await store[Symbol.asyncDispose]();
    },
  };
}

const rejectsName = (stream: string): string => `${stream}${rejectsSuffix}`;

/** Takes the root for this load, and deletes what loads left there that were killed. */
async function begin(store: Store, id: string, load: LoadId | undefined, config: Config): Promise<HeldManifest> {
  const known = await readOnly(store);
  const own = new Set(await store.listOwn());
  if (known === null && own.size > 0) throw errors.manifest_missing({ path: store.location, files: own.size });
  for (const path of known === null ? [] : listedFiles(known))
    if (!own.has(path))
      throw errors.file_changed({ path: `${store.location}/${path}`, problem: "is not there, and the manifest lists it" });
  if (load !== undefined) await checkContinues(known ?? emptyManifest, store.location, load, config);
  const held = await holdManifest(store, id, load);
  await store.clean(listedFiles(held.manifest));
  return held;
}

/** @throws ledger_without_run */
function loadId({ state_id: stateId, run_id: runId, exactly_once }: Config): LoadId | undefined {
  if (stateId !== undefined && runId !== undefined) return { stateId, runId };
  if (exactly_once === "require") throw sqlErrors.ledger_without_run({});
  return undefined;
}

/** @throws compression_missing */
function usableCompression(compression: Compression = "zstd"): Compression {
  if (compression === "zstd" && !hasZstd()) throw errors.compression_missing({ version: process.version });
  return compression;
}

/** Names of files begin with it, so no two loads make a file of the same name. */
function writerId(): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  return `${time}-${randomUUID().slice(0, 8)}`;
}

/** Errors of the file system get a place and a remedy. */
async function explained<T>(store: Store, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof TaplineError || code === undefined) throw error;
    throw errors.write_failed({ path: store.location, reason: message }, {}, error as Error);
  }
}
