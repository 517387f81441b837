/** Finds what depends on what: looks up tables among the sources of the manifest. Pure. */
import type { LoadedStream } from "@tapline/protocol";

/** The parts of manifest.json that are used here. */
export interface Manifest {
  sources: Record<string, ManifestSource>;
  /** By the id of a node: the ids of what it reads. */
  parent_map?: Record<string, string[]>;
}

export interface ManifestSource {
  source_name: string;
  name: string;
  package_name: string;
  schema: string;
  identifier: string;
}

export interface Downstream {
  /** Arguments for `--select`, one for each source. */
  selectors: string[];
  /** Tables that are not a source of the project. */
  unknown: string[];
}

/** `loaded`: the streams with rows, and those whose count is unknown. */
export function downstreamOf({ sources }: Manifest, loaded: readonly LoadedStream[]): Downstream {
  const all = Object.values(sources);
  const selectors = new Set<string>();
  const unknown = new Set<string>();
  for (const { stream, table } of loaded) {
    const found = all.filter((source) => isTable(source, table ?? stream));
    if (found.length === 0) unknown.add(table ?? stream);
    for (const source of found) selectors.add(selectorOf(source));
  }
  return { selectors: [...selectors], unknown: [...unknown] };
}

/** What a node reads: ids of nodes, and sources as "schema.name". */
export function upstreamOf({ sources, parent_map: parents = {} }: Manifest, id: string): string[] {
  return (parents[id] ?? []).map((parent) => {
    const source = Object.hasOwn(sources, parent) ? sources[parent] : undefined;
    return source === undefined ? parent : `${source.schema}.${source.identifier.replaceAll('""', '"')}`;
  });
}

/** `table` is "main.items", or the name of the stream when the target does not report a table. Case is ignored, because databases differ in it. */
function isTable({ schema, identifier }: ManifestSource, table: string): boolean {
  const wanted = table.toLowerCase();
  // dbt quotes an identifier without doubling quotes in it, so projects have them doubled.
  const names = [identifier, identifier.replaceAll('""', '"')].map((name) => name.toLowerCase());
  return names.some((name) => wanted === name || wanted === `${schema.toLowerCase()}.${name}`);
}

/** Characters with a meaning in dbt's selection syntax become `?`, which matches any character. */
function selectorOf({ package_name: project, source_name: source, name }: ManifestSource): string {
  return `source:${[project, source, name].map((part) => part.replaceAll(/[^\p{L}\p{N}_-]/gu, "?")).join(".")}+`;
}
