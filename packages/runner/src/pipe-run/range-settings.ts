/**
 * What a target must know of a run that reads a range: whether it commits once, and which rows are deleted first. A run that goes on after a
 * commit deletes nothing of the streams that the commit has. Pure.
 */
import { type Catalog, type CatalogStream, capabilities, hasCapability, metadataAt } from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";
import type { Step, StepRange } from "../model/step.ts";
import { continuedBookmarks } from "./continues.ts";
import type { TargetSettings } from "./plugin-arguments.ts";

/** How a tap reads a range by a column: see the capability `range`. */
export type RangeKind = "instant" | "local" | "date";

/** undefined: the stream is not read by such a column. */
export function rangeKindOf(stream: CatalogStream, key = replicationKeyOf(stream)): RangeKind | undefined {
  const kinds = metadataAt(stream, [])["range-keys"];
  const kind = key === undefined ? undefined : (kinds as Readonly<Record<string, unknown>> | undefined)?.[key];
  return kind === "instant" || kind === "local" || kind === "date" ? kind : undefined;
}

export function replicationKeyOf(stream: CatalogStream): string | undefined {
  const { "replication-key": key } = metadataAt(stream, []);
  return stream.replication_key ?? (typeof key === "string" ? key : undefined);
}

/** Whether the target adds the stream's rows to its table. */
export function isAppended({ key_properties: keys = [] }: CatalogStream, { plugin: { config } }: Step["target"]): boolean {
  return config.load_method === "append-only" || config.load_method === "append" || (keys ?? []).length === 0;
}

/** A bound as values of the stream have it on the wire: a time without zone is sent as if it were in UTC. */
export function wireBound(bound: string, kind: RangeKind): string {
  if (kind === "date") return bound.slice(0, 10);
  return kind === "local" ? `${bound.slice(0, 19)}Z` : new Date(bound).toISOString();
}

/** @param state from which the run starts, as JSON text */
export function rangeSettingsOf(
  { range, target }: Step,
  state: string | null,
  catalog: Catalog | undefined,
): Pick<TargetSettings, "commit_once" | "replace_range"> {
  if (range === undefined || catalog === undefined) return {};
  const streams = selectedStreams(catalog);
  const replaced = range.replaces ? replacedRanges(streams, range, state) : {};
  // A target that does not know the setting commits as ever: rows of a partition that is killed may then be there twice.
  const once =
    hasCapability(target.about, capabilities.commitOnce) && (range.replaces || streams.some((stream) => isAppended(stream, target)));
  return {
    ...(once && { commit_once: true }),
    ...(Object.keys(replaced).length > 0 && { replace_range: replaced }),
  };
}

function replacedRanges(
  streams: readonly CatalogStream[],
  { from, to }: StepRange,
  state: string | null,
): NonNullable<TargetSettings["replace_range"]> {
  const continued = state === null ? undefined : continuedBookmarks(state);
  const fresh = streams.filter(({ tap_stream_id: id, stream }) => ![id, stream].some((name) => continued?.has(name) === true));
  return Object.fromEntries(
    fresh.flatMap((stream) => {
      const [column, kind] = [replicationKeyOf(stream), rangeKindOf(stream)];
      if (column === undefined || kind === undefined) return [];
      return [[stream.stream, { column, from: wireBound(from, kind), to: wireBound(to, kind) }]];
    }),
  );
}
