/** Which streams each lane of a step reads. Streams of one log of changes stay together, for they share one place in it. Pure. */
import type { Catalog, CatalogStream } from "@tapline/protocol";
import { selectedStreams } from "../catalog/shape.ts";

/** The number of lanes that the streams of this catalog are dealt out to, of `count` at most. */
export function countLanes(catalog: Catalog, count: number): number {
  return Math.min(count, unitsOf(catalog).length);
}

/** What one lane reads: a stream, or all streams that are read from one log of changes. */
function unitsOf(catalog: Catalog): CatalogStream[][] {
  const units: CatalogStream[][] = [];
  let ofLog: CatalogStream[] | undefined;
  for (const stream of selectedStreams(catalog)) {
    if (stream.replication_method === "LOG_BASED" && ofLog !== undefined) {
      ofLog.push(stream);
      continue;
    }
    const unit = [stream];
    if (stream.replication_method === "LOG_BASED") ofLog = unit;
    units.push(unit);
  }
  return units;
}

/** In turn, because neighbours in a catalog are often alike in size. */
export function dealOut(catalog: Catalog, count: number): Catalog[] {
  const units = unitsOf(catalog);
  return Array.from({ length: countLanes(catalog, count) }, (_, lane) => ({
    ...catalog,
    streams: units.filter((_unit, index) => index % count === lane).flat(),
  }));
}
