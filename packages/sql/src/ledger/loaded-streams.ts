/**
 * The ledger's column `counts`: what the runs under a state id have loaded, by stream. It shows which streams must have a table. Older
 * versions wrote the streams of the last run alone, without the frame; such a text is read as a start. Pure.
 */
import { isObject } from "@tapline/protocol";
import type { StreamCounts } from "@tapline/sdk";

export type StreamTotals = Required<Omit<StreamCounts, "deleteRecords">>;

export interface LoadedStreams {
  /** Of all runs. A stream that was read and had no rows is listed with zeros. */
  streams: ReadonlyMap<string, StreamTotals>;
  /**
   * The run of the commit that was missing here when a later run started over. Streams that are not listed since may lack rows.
   * Undefined where there is no such run.
   */
  gap: string | undefined;
}

export const nothingLoaded: LoadedStreams = { streams: new Map(), gap: undefined };

/** `text`: null where nothing was committed. A text in no known form is read as nothing. */
export function readLoadedStreams(text: string | null): LoadedStreams {
  const value = parsed(text);
  if (value.version !== 2) return { streams: totalsIn(value), gap: undefined };
  return { streams: totalsIn(isObject(value.streams) ? value.streams : {}), gap: typeof value.gap === "string" ? value.gap : undefined };
}

export function writeLoadedStreams({ streams, gap }: LoadedStreams): string {
  return JSON.stringify({ version: 2, ...(gap === undefined ? {} : { gap }), streams: Object.fromEntries(streams) });
}

/** @param read the streams that the run has read so far, with rows or without */
export function withCommit(
  { streams, gap }: LoadedStreams,
  counts: ReadonlyMap<string, StreamCounts>,
  read: Iterable<string>,
): LoadedStreams {
  const totals = new Map(streams);
  for (const stream of read) if (!totals.has(stream)) totals.set(stream, noRows);
  for (const [stream, done] of counts) totals.set(stream, added(totals.get(stream) ?? noRows, done));
  return { streams: totals, gap };
}

export function hadRows({ inserted, updated, superseded, deleted }: StreamTotals): boolean {
  return inserted + updated + superseded + deleted > 0;
}

const noRows: StreamTotals = { inserted: 0, updated: 0, superseded: 0, deleted: 0 };

function added(total: StreamTotals, done: StreamCounts): StreamTotals {
  return {
    inserted: total.inserted + done.inserted,
    updated: total.updated + done.updated,
    superseded: total.superseded + done.superseded,
    deleted: total.deleted + (done.deleted ?? 0),
  };
}

function totalsIn(value: Record<string, unknown>): Map<string, StreamTotals> {
  const entries = Object.entries(value).filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1]));
  return new Map(entries.map(([stream, counts]) => [stream, added(noRows, countsIn(counts))]));
}

function countsIn(value: Record<string, unknown>): StreamTotals {
  const count = (name: keyof StreamTotals): number => (Number.isSafeInteger(value[name]) ? (value[name] as number) : 0);
  return { inserted: count("inserted"), updated: count("updated"), superseded: count("superseded"), deleted: count("deleted") };
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
