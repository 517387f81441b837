/**
 * The manifest: which files hold the rows of which stream, and up to which STATE of which run. It is the commit: what it does not list does
 * not exist. One for all streams, in the root, so that they keep one cut. Pure. The README describes the format for other programs.
 */
import { errors } from "../errors.ts";
import { ownFile } from "../store/own-file.ts";

export const manifestName = "_tapline_manifest.json";

export interface Manifest {
  format: "tapline-parquet";
  version: 1;
  /** Rises by one each time the manifest is replaced. */
  sequence: number;
  written_at: string;
  /** The load that may commit; null when none runs. */
  writer: ManifestWriter | null;
  loads: readonly LoadEntry[];
  streams: readonly StreamEntry[];
}

export interface ManifestWriter {
  /** The start of the names of its files. */
  id: string;
  host: string;
  pid: number;
  started_at: string;
}

/** The ledger: the last commit under a state id. */
export interface LoadEntry {
  state_id: string;
  /** The only run that may commit. */
  taken_by: string;
  /** The run, the STATE as JSON text and the time of the last commit that reached one. */
  run_id: string | null;
  state: string | null;
  committed_at: string | null;
  /** Rows by stream, as text in the form of `writeLoadedStreams`. */
  loaded: string | null;
}

export interface StreamEntry {
  stream: string;
  /** From the root, with `/` between names; as are the paths of files. */
  folder: string;
  /** The stream whose rejected rows these are. */
  rejects_of?: string;
  keys: readonly string[];
  columns: readonly ManifestColumn[];
  /** The columns of files, by a file's `schema`. A type that changes begins new files; those that are there stay as they are. */
  schemas: readonly (readonly FileColumn[])[];
  files: readonly FileEntry[];
}

export interface FileColumn {
  name: string;
  /** As in `docs/reference/types.md`, such as `decimal(38,2)`. */
  type: string;
}

export interface ManifestColumn extends FileColumn {
  property: string;
}

export interface FileEntry {
  path: string;
  rows: number;
  bytes: number;
  sha256: string;
  schema: number;
  /** Smallest and largest value of the first key, as text. Where it is not there, the file may have any. */
  range?: KeyRange;
  /** Where the stream is partitioned: the folders below the stream's one. */
  partition?: string;
}

export interface KeyRange {
  /** The key's column. */
  column: string;
  min: string;
  max: string;
}

export const emptyManifest: Manifest = {
  format: "tapline-parquet",
  version: 1,
  sequence: 0,
  written_at: "",
  writer: null,
  loads: [],
  streams: [],
};

/** @throws manifest_invalid */
export function readManifest(text: string, location: string): Manifest {
  const refuse = (reason: string): never => {
    throw errors.manifest_invalid({ path: location, reason });
  };
  let value: Partial<Manifest>;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("it is not valid JSON");
  }
  if (value?.format !== "tapline-parquet") return refuse("its format is not tapline-parquet");
  if (value.version !== 1) return refuse(`its version is ${JSON.stringify(value.version)}, and this target knows version 1`);
  if (!Array.isArray(value.streams) || !Array.isArray(value.loads) || !Number.isSafeInteger(value.sequence))
    return refuse("it has no sequence, loads or streams");
  const problem = problemOf(value.streams);
  return problem === undefined ? (value as Manifest) : refuse(problem);
}

/** Files that no longer count are deleted, so a path must be one of this target's own below its stream's folder. */
function problemOf(streams: readonly Partial<StreamEntry>[]): string | undefined {
  const names = new Set<unknown>();
  for (const { stream, folder, schemas, files } of streams) {
    if (typeof stream !== "string" || typeof folder !== "string" || !Array.isArray(schemas) || !Array.isArray(files))
      return "a stream in it has no name, folder, schemas or files";
    if (names.has(stream)) return `it lists the stream ${JSON.stringify(stream)} twice`;
    names.add(stream);
    for (const { path, rows, bytes, schema } of files as Partial<FileEntry>[]) {
      if (typeof path !== "string" || !path.startsWith(`${folder}/`) || !isOwnPath(path))
        return `it lists ${JSON.stringify(path)}, which is no file of this target in the folder of ${JSON.stringify(stream)}`;
      if (!isCount(rows) || !isCount(bytes) || schemas[schema as number] === undefined)
        return `rows, bytes or schema of ${path} are wrong in it`;
    }
  }
  return undefined;
}

const isOwnPath = (path: string): boolean => ownFile.test(path) && path.split("/").every((name) => !["", ".", ".."].includes(name));
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

export function writeManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 1)}\n`;
}

export function streamIn({ streams }: Manifest, name: string): StreamEntry | undefined {
  return streams.find(({ stream }) => stream === name);
}

/** The manifest with these streams in place of those of the same names. */
export function withStreams(manifest: Manifest, changed: readonly StreamEntry[]): Manifest {
  const next = new Map(manifest.streams.map((entry) => [entry.stream, entry]));
  for (const entry of changed) next.set(entry.stream, entry);
  return { ...manifest, streams: [...next.values()] };
}

export function withLoad(manifest: Manifest, load: LoadEntry): Manifest {
  const others = manifest.loads.filter(({ state_id }) => state_id !== load.state_id);
  return { ...manifest, loads: [...others, load] };
}

export function loadIn({ loads }: Manifest, stateId: string): LoadEntry | undefined {
  return loads.find(({ state_id }) => state_id === stateId);
}

/** Every file that is listed. */
export function listedFiles({ streams }: Manifest): Set<string> {
  return new Set(streams.flatMap(({ files }) => files.map(({ path }) => path)));
}
