/**
 * Writes a selection into a catalog as Singer's metadata: `selected` true or false at each stream and column. Pure.
 *
 * Patterns with "!" exclude and win over the others. Where all patterns exclude, the rest stays as it is. Keys, the replication key and
 * columns with the inclusion "automatic" are read with their stream, whatever the patterns are.
 */
import { type Catalog, type CatalogStream, didYouMean } from "@tapline/protocol";
import { columnsOf, indexMetadata, isAutomatic, isUnsupported, type MetadataIndex, metadataOf, setMetadata, withIndex } from "./columns.ts";
import { covers, isInside, isLiteral, type Pattern, pathIn } from "./pattern.ts";

export interface SelectOptions {
  /** Whether streams without a `selected` in the catalog are read. Yes for what a tap offers, no for a catalog file that a person wrote. */
  selectOthers: boolean;
  /** Only what is already selected can stay selected: patterns of the command line narrow those of the project. */
  narrow?: boolean;
}

export function select(catalog: Catalog, patterns: readonly Pattern[], options: SelectOptions): Catalog {
  return { ...catalog, streams: catalog.streams.map((stream) => selectIn(stream, patterns, options)) };
}

function selectIn(stream: CatalogStream, patterns: readonly Pattern[], { selectOthers, narrow = false }: SelectOptions): CatalogStream {
  const own = patterns.flatMap(({ body, excludes }) => {
    const path = pathIn(body, stream);
    return path === undefined ? [] : [{ excludes, path }];
  });
  const hasIncludes = patterns.some(({ excludes }) => !excludes);
  const columns = [...columnsOf(stream.schema)];
  const isThere = (pattern: readonly string[]): boolean => pattern.length === 0 || columns.some(({ path }) => covers(pattern, path));
  const included = own.filter(({ excludes, path }) => !excludes && isThere(path)).map(({ path }) => path);
  const excluded = own.filter(({ excludes }) => excludes).map(({ path }) => path);
  const isRead = (path: readonly string[], before: boolean): boolean => {
    if (excluded.some((pattern) => (path.length === 0 ? isWhole(pattern) : covers(pattern, path)))) return false;
    if (!hasIncludes) return before;
    const named = path.length === 0 ? included.length > 0 : included.some((pattern) => covers(pattern, path) || isInside(pattern, path));
    return named && (before || !narrow);
  };
  const index = indexMetadata(stream);
  const root = isRead([], selectedIn(index, []) ?? (selectOthers || index.size === 0)) && !isUnsupported(index, []);
  setMetadata(index, [], { selected: root });
  if (!root) return withIndex(stream, index);
  const answers = new Map<string, boolean>([["", true]]);
  for (const { path } of columns) {
    const above = answers.get(path.slice(0, -1).join("\0")) === true;
    const read = above && isRead(path, selectedIn(index, path) ?? above);
    const answer = !isUnsupported(index, path) && (isAutomatic(stream, index, path) || read);
    answers.set(path.join("\0"), answer);
    if (path.length === 1 || answer !== above || selectedIn(index, path) !== undefined) setMetadata(index, path, { selected: answer });
  }
  return withIndex(stream, index);
}

/** A pattern that excludes all columns excludes the stream. */
function isWhole([first, ...more]: readonly string[]): boolean {
  return (first === undefined || first === "*") && more.length === 0;
}

function selectedIn(index: MetadataIndex, path: readonly string[]): boolean | undefined {
  const { selected, "selected-by-default": byDefault } = metadataOf(index, path);
  const selection = selected ?? byDefault;
  return typeof selection === "boolean" ? selection : undefined;
}

export interface Unmatched {
  pattern: Pattern;
  /** 'stream "ordres"' or 'column "totl" in stream "orders"'. */
  what: string;
  meant: string | undefined;
}

/** The patterns that match no stream or column of the tap. */
export function unmatchedIn(catalog: Catalog, patterns: readonly Pattern[]): Unmatched[] {
  return patterns.flatMap((pattern) => {
    const matching = catalog.streams.flatMap((stream) => {
      const path = pathIn(pattern.body, stream);
      return path === undefined ? [] : [{ stream, path }];
    });
    if (matching.length === 0) return [describeStreamOf(catalog, pattern)];
    const hasColumn = matching.some(
      ({ stream, path }) => path.length === 0 || [...columnsOf(stream.schema)].some((column) => covers(path, column.path)),
    );
    return hasColumn ? [] : [describeColumnOf(matching, pattern)];
  });
}

/** Columns that were excluded by name but are read in any case. */
export function keptKeys(catalog: Catalog, patterns: readonly Pattern[]): string[] {
  const byName = patterns.filter((pattern) => pattern.excludes && isLiteral(pattern));
  if (byName.length === 0) return [];
  return catalog.streams.flatMap((stream) => {
    const index = indexMetadata(stream);
    const paths = byName.flatMap(({ body }) => [pathIn(body, stream) ?? []]);
    return paths
      .filter((path) => path.length > 0 && isAutomatic(stream, index, path))
      .map((path) => `${stream.tap_stream_id}.${path.join(".")}`);
  });
}

function describeStreamOf({ streams }: Catalog, pattern: Pattern): Unmatched {
  const name = pattern.body.split(/(?<!\\)\./)[0] as string;
  const meant = didYouMean(
    name,
    streams.map((stream) => stream.tap_stream_id),
  );
  return { pattern, what: `stream ${JSON.stringify(name)}`, meant };
}

function describeColumnOf(matching: readonly { stream: CatalogStream; path: readonly string[] }[], pattern: Pattern): Unmatched {
  const [{ stream, path } = { stream: undefined, path: [] }] = matching;
  const known = stream === undefined ? [] : [...columnsOf(stream.schema)].map((column) => column.path.join("."));
  const name = path.join(".");
  return {
    pattern,
    what: `column ${JSON.stringify(name)} in stream ${JSON.stringify(stream?.tap_stream_id)}`,
    meant: didYouMean(name, known),
  };
}
