/** Proposes the streams of files: asks the tap what each file holds, and joins files with the same columns. */

import { basename, dirname, extname, join } from "node:path";
import {
  type Catalog,
  type CatalogStream,
  type JsonSchema,
  keyCandidateRowsKey,
  keyCandidatesKey,
  metadataAt,
  type Opening,
  readCatalog,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import { escapeDollars } from "../project/variables.ts";

export interface ProposedStream {
  name: string;
  /** Absolute paths; [] where the source is no file. */
  files: string[];
  columns: { name: string; type: string }[];
  /** Columns whose values were unique where the tap looked, the likeliest key first. */
  keyCandidates: string[];
  /** In how many rows; undefined: the tap does not report it. */
  comparedRows?: number | undefined;
}

export interface FoundStream {
  name: string;
  files: readonly string[];
  keys: readonly string[];
  /** Read its files from their start, and keep the bookmarks of its other files, if the tap can do that. Default: false. */
  readAgain?: boolean;
}

/** One stream for each file, with a name made from the file's. */
export function streamsOfFiles(files: readonly string[]): FoundStream[] {
  const names = new Set<string>();
  return files.map((path) => {
    const wanted = nameOf(basename(path).replace(/\.[A-Za-z0-9]{1,8}(\.(gz|zst))?$/i, ""));
    let name = wanted;
    for (let count = 2; names.has(name); count++) name = `${wanted}_${count}`;
    names.add(name);
    return { name, files: [path], keys: [] };
  });
}

/** The config of a tap for these streams, for a project file: a dollar sign is no reference. `pathOf` gives a path as it is written there. */
export function configOf(
  opening: Opening,
  streams: readonly FoundStream[],
  pathOf: (path: string) => string = escapeDollars,
): Record<string, unknown> {
  const { setting, list, stream, keys, read_again: again } = opening;
  const items = streams.map(({ name, files, keys: columns, readAgain = false }) => ({
    ...(stream === undefined ? {} : { [stream]: escapeDollars(name) }),
    [setting]: files.length === 1 ? pathOf(files[0] as string) : files.map(pathOf),
    ...(keys === undefined || columns.length === 0 ? {} : { [keys]: columns.map(escapeDollars) }),
    ...(again !== undefined && readAgain ? { [again]: true } : {}),
  }));
  return list === undefined ? (items[0] ?? {}) : { [list]: items };
}

/** Joins files with the same columns into one stream, named by what their names have in common. */
export function joinStreams(found: readonly FoundStream[], catalog: Catalog): ProposedStream[] {
  const groups = new Map<string, { streams: FoundStream[]; entry: CatalogStream }>();
  for (const entry of catalog.streams) {
    const stream = found.find(({ name }) => name === entry.tap_stream_id);
    const columns = JSON.stringify(Object.keys(entry.schema.properties ?? {}).sort());
    const known = groups.get(columns);
    if (stream === undefined) groups.set(entry.tap_stream_id, { streams: [], entry });
    else if (known !== undefined) known.streams.push(stream);
    else groups.set(columns, { streams: [stream], entry });
  }
  const proposed = [...groups.values()].map(({ streams, entry }): ProposedStream => {
    const candidates = streams.map(({ name }) => candidatesOf(catalog.streams.find((each) => each.tap_stream_id === name) ?? entry));
    return {
      name: streams.length < 2 ? entry.stream : commonName(streams.map(({ name }) => name)),
      files: streams.flatMap(({ files }) => [...files]),
      columns: Object.entries(entry.schema.properties ?? {}).map(([name, schema]) => ({ name, type: typeOf(schema as JsonSchema) })),
      keyCandidates: (candidates[0] ?? candidatesOf(entry)).filter((name) => candidates.every((each) => each.includes(name))),
      comparedRows: comparedRowsOf(entry),
    };
  });
  const names = new Set<string>();
  return proposed.map((stream) => {
    const isTaken = names.has(stream.name);
    names.add(stream.name);
    return isTaken ? { ...stream, name: `${stream.name}_${names.size}` } : stream;
  });
}

/**
 * One path for all files of a stream, so that later files belong to it too: their folder if it has no others, or a pattern that fits them
 * and no other. The paths as they are where there is none. `others` are all files in their folder that the tap could read.
 */
export function pathsOf(files: readonly string[], others: readonly string[]): string[] {
  const [folder] = files.map(dirname);
  const [first, ...rest] = files.map((path) => basename(path));
  if (folder === undefined || first === undefined || rest.length === 0 || files.some((path) => dirname(path) !== folder)) return [...files];
  if (others.length === files.length) return [folder];
  const [start, end] = [commonStart([first, ...rest]), commonEnd([first, ...rest])];
  const isPlain = start !== "" && !/[*?[\]{}]/.test(folder + start + end);
  const fitting = others.map((path) => basename(path)).filter((name) => name.startsWith(start) && name.endsWith(end));
  return isPlain && fitting.length === files.length ? [join(folder, `${start}*${end}`)] : [...files];
}

function commonStart([first = "", ...others]: readonly string[]): string {
  let length = 0;
  while (length < first.length && others.every((name) => name[length] === first[length])) length++;
  return first.slice(0, length).replace(/\d+$/, "");
}

function commonEnd(names: readonly string[]): string {
  return extname(names[0] ?? "") !== "" && names.every((name) => extname(name) === extname(names[0] ?? "")) ? extname(names[0] ?? "") : "";
}

/** Whether a column with this name is likely to be a key, not only by the values of the first rows. */
export function isKeyName(name: string): boolean {
  return /(^|[\s_.-])(id|uuid|guid|key|nr|no|number|code|sku)$/i.test(name) || /[a-z](Id|ID|No|Nr|Key|Code)$/.test(name);
}

/** @throws keys_unknown */
export function checkKeys({ name, columns }: ProposedStream, keys: readonly string[]): void {
  const known = columns.map((column) => column.name);
  const missing = keys.filter((key) => !known.includes(key));
  if (missing.length > 0) throw errors.keys_unknown({ stream: name, missing, columns: known });
}

/** Streams of several files, whose key candidates were found in each file alone and must be found in all of them together. */
export function withDoubtfulKeys(streams: readonly ProposedStream[]): ProposedStream[] {
  return streams.filter(({ files, keyCandidates }) => files.length > 1 && keyCandidates.length > 0);
}

/** The streams with the key candidates of a catalog in which each is one stream. */
export function withKeysOf(streams: readonly ProposedStream[], catalog: Catalog): ProposedStream[] {
  return streams.map((stream) => {
    const entry = catalog.streams.find(({ tap_stream_id: id }) => id === stream.name);
    return entry === undefined ? stream : { ...stream, keyCandidates: candidatesOf(entry), comparedRows: comparedRowsOf(entry) };
  });
}

/** @throws catalog_invalid */
export function proposalFrom(
  found: readonly FoundStream[],
  answer: { catalog: string } | { failure: Failure },
): { streams: ProposedStream[] } | { failure: Failure } {
  return "failure" in answer ? answer : { streams: joinStreams(found, readCatalog(JSON.parse(answer.catalog))) };
}

function candidatesOf(stream: CatalogStream): string[] {
  const found = metadataAt(stream, [])[keyCandidatesKey];
  return Array.isArray(found) ? found.filter((name) => typeof name === "string") : [];
}

function comparedRowsOf(stream: CatalogStream): number | undefined {
  const found = metadataAt(stream, [])[keyCandidateRowsKey];
  return typeof found === "number" ? found : undefined;
}

/** `sales_2026_01` and `sales_2026_02` are `sales`. */
function commonName(names: readonly string[]): string {
  const [first = "stream"] = names;
  const common = commonStart(names).replace(/[_\d]+$/, "");
  return common === "" ? first : common;
}

function nameOf(text: string): string {
  return (
    text
      .normalize("NFC")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, "_")
      .replaceAll(/^_+|_+$/g, "") || "stream"
  );
}

/** In the words of SQL, as far as a schema shows it. */
function typeOf({ type, format, multipleOf }: JsonSchema): string {
  const name = [type].flat().find((each) => each !== "null");
  if (name === "string") return format === undefined ? "text" : String(format);
  return name === "number" && multipleOf !== undefined ? "decimal" : String(name ?? "text");
}
