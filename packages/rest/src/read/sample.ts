/** The first rows of a stream, for the schema of one that nobody described. */
import type { Row } from "@tapline/sdk";
import type { CompiledStream } from "../define/compile.ts";
import type { Place } from "../model.ts";
import { boundsFrom, wantedFrom } from "./bounds.ts";
import { readList } from "./list.ts";
import type { TreeParts } from "./tree.ts";

const mostRows = 1000;
/** Of the parent, whose lists are looked at until there are rows. */
const mostParents = 20;

/** At most a thousand of the first list that has some; [] where none has. */
export async function sampleRows(stream: CompiledStream, parts: TreeParts): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const place of samplePlaces(stream, parts)) {
    for await (const batch of readList({ ...parts, stream, ignored: () => {} }, place)) {
      rows.push(...batch.rows);
      if (rows.length >= mostRows || batch.isPageEnd) break;
    }
    if (rows.length > 0) break;
  }
  return rows.slice(0, mostRows);
}

async function* samplePlaces(stream: CompiledStream, parts: TreeParts): AsyncGenerator<Place> {
  const { incremental, parent, definition } = stream;
  const [bounds] = incremental === undefined ? [] : boundsFrom(incremental, wantedFrom(incremental, null));
  const { start, end } = bounds ?? { start: undefined, end: undefined };
  if (parent === undefined) for (const partition of definition.partitions ?? [{}]) yield { parent: {}, partition, start, end };
  else for (const row of (await sampleRows(parent, parts)).slice(0, mostParents)) yield { parent: row, partition: {}, start, end };
}
