/**
 * Reads a stream and the streams below it: each page's records, and for each of them the lists of its children. Requests overlap; rows and
 * bookmarks come in the order of the lists. A bookmark moves when all rows before it, and those of children that depend on them, were sent.
 */
import {
  type Checkpoints,
  checkpoints,
  type GroupChunk,
  type Json,
  type Log,
  type ReadContext,
  type Row,
  type StreamGroup,
  streamFailed,
} from "@tapline/sdk";
import type { CompiledStream } from "../define/compile.ts";
import type { Client } from "../http/client.ts";
import type { Place } from "../model.ts";
import { inOrder, type Task } from "./in-order.ts";
import { type RowBatch, readList } from "./list.ts";
import { StreamRun } from "./stream-run.ts";

export type Sent = readonly [stream: string, chunk: GroupChunk] | Checkpoints;

export interface TreeParts {
  readonly client: Client;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The stream and all below it are one group of the tap. */
export function treeGroup(root: CompiledStream, parts: TreeParts): StreamGroup {
  return { streams: namesBelow(root), read: (contexts) => readTree(root, contexts, parts) };
}

function namesBelow({ name, children }: CompiledStream): string[] {
  return [name, ...children.flatMap(namesBelow)];
}

async function* readTree(root: CompiledStream, contexts: ReadonlyMap<string, ReadContext>, parts: TreeParts): AsyncGenerator<Sent> {
  const run = new StreamRun(root, contexts);
  const tree: Tree = { ...parts, root: run, contexts };
  try {
    yield* readLists(tree, run, rootSpots(root));
    forgetGone(run);
    yield allBookmarks(tree);
  } catch (error) {
    if (!parts.signal.aborted) throw streamFailed(error);
  } finally {
    for (const one of runsBelow(run)) for (const note of one.ignoredNotes()) parts.log("warning", note, one.stream.name);
  }
}

/** A stream that was read whole has all parents of the lists below it: bookmarks of others are dropped. */
function forgetGone(run: StreamRun): void {
  run.forgetOthers();
  if (run.isReadWhole && !run.hasGaps && !run.isFailed) run.children.forEach(forgetGone);
}

interface Tree extends TreeParts {
  readonly root: StreamRun;
  readonly contexts: ReadonlyMap<string, ReadContext>;
}

/** Where a list is read: for which parent's record or partition, and the key of its bookmark. */
interface Spot {
  readonly key: string;
  readonly parent: Row;
  readonly partition: Place["partition"];
}

function* rootSpots({ definition: { partitions } }: CompiledStream): Generator<Spot> {
  if (partitions === undefined) yield { key: "", parent: {}, partition: {} };
  else for (const partition of partitions) yield { key: JSON.stringify(partition), parent: {}, partition };
}

/** One for each record that was not met before. */
function* childSpots(child: StreamRun, parent: CompiledStream, above: Spot, rows: readonly Row[]): Generator<Spot> {
  for (const row of rows) {
    const own = Object.fromEntries((parent.keys.length > 0 ? parent.keys : Object.keys(row)).map((name) => [name, row[name]]));
    const key = JSON.stringify(above.key === "" ? own : { ...JSON.parse(above.key), ...own });
    if (!child.meets(key)) yield { key, parent: row, partition: above.partition };
  }
}

async function* readLists(tree: Tree, run: StreamRun, spots: Iterable<Spot>): AsyncGenerator<Sent> {
  const { stream } = run;
  const lists: (Spot & { largest: Json })[] = [];
  function* tasks(): Generator<Task<RowBatch>> {
    for (const spot of spots) {
      if (stream.parent === undefined) run.meets(spot.key);
      const watch = run.watchOf(spot.key);
      for (const bounds of run.boundsOf(spot.key)) {
        lists.push({ ...spot, largest: null });
        const reader = { ...tree, stream, context: run.plainContext, ignored: run.ignored };
        yield (signal) => readList({ ...reader, signal }, { ...spot, ...bounds }, watch === undefined ? undefined : run.watchOf(spot.key));
      }
    }
  }
  const options = { concurrency: tree.client.concurrency, sizeOf: ({ bytes }: RowBatch) => bytes, signal: tree.signal };
  for await (const event of inOrder(tasks(), options)) {
    const list = lists[event.task] as Spot & { largest: Json };
    if ("end" in event) {
      run.advance(list.key, list.largest);
      delete lists[event.task];
      // A step of time ends with a bookmark; many small lists do not.
      if (isDue(tree) || (stream.incremental?.step !== undefined && !run.isPartitioned)) yield allBookmarks(tree);
      continue;
    }
    const { rows, largest, isPageEnd } = event.item;
    list.largest = largest;
    if (run.context !== undefined) for (const chunk of run.chunksOf(event.item)) yield [stream.name, chunk as GroupChunk];
    if (rows.length > 0) for (const child of run.children) yield* readChild(tree, run, child, childSpots(child, stream, list, rows));
    if (isPageEnd && stream.incremental?.order === "asc") run.advance(list.key, largest);
    if (isPageEnd && isDue(tree)) yield allBookmarks(tree);
  }
}

/** A child that fails does not stop its parent; it and what is below it end here. */
async function* readChild(tree: Tree, parent: StreamRun, child: StreamRun, spots: Iterable<Spot>): AsyncGenerator<Sent> {
  if (child.isFailed) return;
  try {
    yield* readLists(tree, child, spots);
  } catch (error) {
    if (tree.signal.aborted) throw error;
    for (const one of runsBelow(child)) {
      one.isFailed = true;
      if (one.context !== undefined) yield [one.stream.name, streamFailed(error)];
    }
    if (child.stream.definition.parentRows === "changed")
      for (let above: StreamRun | undefined = parent; above !== undefined; above = parentOf(tree, above)) above.isHeld = true;
  }
}

function parentOf({ root }: Tree, run: StreamRun): StreamRun | undefined {
  return runsBelow(root).find(({ children }) => children.includes(run));
}

function runsBelow(run: StreamRun): StreamRun[] {
  return [run, ...run.children.flatMap(runsBelow)];
}

const isDue = ({ contexts }: Tree): boolean => contexts.values().next().value?.isStateDue() === true;

function allBookmarks({ root }: Tree): Checkpoints {
  const bookmarks = runsBelow(root).flatMap((run) => {
    const bookmark = run.bookmark();
    return bookmark === undefined ? [] : [[run.stream.name, bookmark] as const];
  });
  return checkpoints(Object.fromEntries(bookmarks));
}
