/** Makes the catalog a tap is run with, from what it offers, the project's overrides and selection, and the filter of the command line. Pure. */
import { type Catalog, type CatalogStream, didYouMean, metadataAt, type Position, readCatalog } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { type Overrides, override } from "./override.ts";
import { isLiteral, type Pattern, readPattern } from "./pattern.ts";
import { keptKeys, select, unmatchedIn } from "./select.ts";

export interface CatalogRules extends Overrides {
  select?: readonly string[] | undefined;
  /** Patterns of the command line, which narrow the project's. */
  filter?: readonly string[] | undefined;
}

export interface ShapeOptions {
  /** The tap, for messages. */
  plugin: string;
  /** A person wrote the catalog: a stream without `selected` in it is not read. */
  isFile: boolean;
  /** A name of the project that matches nothing is only a warning, as in Meltano. */
  isLenient?: boolean;
  /** Where a pattern is written, for messages. */
  locate?(pattern: string): Position;
}

export interface Shaped {
  catalog: Catalog;
  warnings: string[];
}

export function hasRules({ select = [], filter = [], metadata = {}, schema = {} }: CatalogRules): boolean {
  return [select, filter, Object.keys(metadata), Object.keys(schema)].some((each) => each.length > 0);
}

/** @throws catalog_invalid, select_invalid, select_unmatched, nothing_selected */
export function shapeCatalog(
  offered: unknown,
  rules: CatalogRules,
  { plugin, isFile, isLenient = false, locate = () => ({}) }: ShapeOptions,
): Shaped {
  const { catalog: changed, unmatched } = override(readCatalog(offered), rules);
  const selection = (rules.select ?? []).map(readPattern);
  const filter = (rules.filter ?? []).map(readPattern);
  const all = [...selection, ...filter];
  const warnings = [
    ...refuseUnmatched(plugin, changed, [...unmatched, ...selection], { locate, isLenient }),
    ...refuseUnmatched(plugin, changed, filter, { locate, isLenient: false }),
    ...warnOfKeys(changed, all),
  ];
  const selectOthers = !isFile;
  const own = select(changed, selection, { selectOthers });
  const selected = filter.length === 0 ? own : select(own, filter, { selectOthers, narrow: true });
  if (selectedStreams(selected).length === 0) throw errors.nothing_selected({ plugin, patterns: all.map(({ text }) => text) });
  return { catalog: selected, warnings };
}

export function selectedStreams({ streams }: Catalog): CatalogStream[] {
  return streams.filter((stream) => metadataAt(stream, []).selected === true);
}

/** Checks names that a person listed of streams to read. @throws select_unmatched, stream_not_read */
export function checkStreamNames(catalog: Catalog, names: readonly string[], plugin: string): void {
  const namesOf = ({ tap_stream_id, stream }: CatalogStream): string[] => [tap_stream_id, stream];
  const known = catalog.streams.flatMap(namesOf);
  const pattern = names.find((name) => !known.includes(name));
  if (pattern === undefined) {
    const read = selectedStreams(catalog).flatMap(namesOf);
    const stream = names.find((name) => !read.includes(name));
    if (stream !== undefined) throw errors.stream_not_read({ plugin, stream });
    return;
  }
  throw errors.select_unmatched({ plugin, pattern, what: `stream ${JSON.stringify(pattern)}`, meant: didYouMean(pattern, known) });
}

/** A name that matches nothing is a mistake. A pattern for several streams, or one that excludes, may match later: only a warning. */
function refuseUnmatched(
  plugin: string,
  catalog: Catalog,
  patterns: readonly Pattern[],
  { locate, isLenient }: Required<Pick<ShapeOptions, "locate" | "isLenient">>,
): string[] {
  return unmatchedIn(catalog, patterns).map(({ pattern, what, meant }) => {
    const { text, excludes } = pattern;
    if (isLiteral(pattern) && !excludes && !isLenient) throw errors.select_unmatched({ plugin, pattern: text, what, meant }, locate(text));
    return `${JSON.stringify(text)} matches nothing of ${plugin}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  });
}

function warnOfKeys(catalog: Catalog, patterns: readonly Pattern[]): string[] {
  return keptKeys(catalog, patterns).map((column) => `${column} is a key or always sent, so it is read although it is excluded`);
}
