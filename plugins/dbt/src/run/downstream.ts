/** Which nodes hang on what came in: tables that streams were loaded into, found among the sources of the manifest. Pure. */
import type { LoadedStream } from "@tapline/protocol";

/** The parts of manifest.json that matter here. */
export interface Manifest {
  sources: Record<string, ManifestSource>;
}

export interface ManifestSource {
  source_name: string;
  name: string;
  package_name: string;
  schema: string;
  identifier: string;
}

export interface Downstream {
  /** For `--select`, one for each source. */
  selectors: string[];
  /** Tables that are no source of the project. */
  unknown: string[];
}

/** `loaded` are those with rows, and those of which it is not known. */
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

/** A target calls a table "main.items"; one that tells none is known by its stream's name alone. Databases differ in case of names, so here none counts. */
function isTable({ schema, identifier }: ManifestSource, table: string): boolean {
  const wanted = table.toLowerCase();
  return wanted === `${schema}.${identifier}`.toLowerCase() || wanted === identifier.toLowerCase();
}

/** Characters that mean something to dbt's selection are left open: `?` stands for any. */
function selectorOf({ package_name: project, source_name: source, name }: ManifestSource): string {
  return `source:${[project, source, name].map((part) => part.replaceAll(/[^\p{L}\p{N}_-]/gu, "?")).join(".")}+`;
}
