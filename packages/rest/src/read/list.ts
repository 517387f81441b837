/** Reads one list: page after page at one place, each page's records as rows. The end is what the paging says. */

import { isObject } from "@tapline/protocol";
import { type Json, type Lines, type Row, TaplineError, withPosition } from "@tapline/sdk";
import type { CompiledStream } from "../define/compile.ts";
import { restErrors } from "../errors.ts";
import { buildRequest } from "../http/build-request.ts";
import { describeRequest } from "../http/describe.ts";
import type { Answer, Body, Params, Place, PlainRequest } from "../model.ts";
import type { PagePatch } from "../paging/paging.ts";
import { decodeRecords } from "../records/decode.ts";
import { listKeys } from "../records/json-items.ts";
import { describe } from "../records/json-path.ts";
import type { CursorWatch } from "./bounds.ts";
import { jobRequests } from "./job.ts";
import type { ListReader } from "./list-reader.ts";
import { lineMaker } from "./record-lines.ts";

/** Rows of a part of a page. */
export interface RowBatch {
  /** [] where there are lines. */
  readonly rows: readonly Row[];
  /** The rows as they are sent, where they were made of the answer's own bytes. */
  readonly lines: Lines | undefined;
  /** Of the answer, as a measure of memory. */
  readonly bytes: number;
  /** All rows of pages up to here were yielded. */
  readonly isPageEnd: boolean;
  /** The largest cursor up to here, and the bookmark's; null: there is none. */
  readonly largest: Json;
}

/** @throws the errors of the client, of records and of paging, each with the stream */
export async function* readList(reader: ListReader, place: Place, watch?: CursorWatch): AsyncGenerator<RowBatch> {
  try {
    if (reader.stream.definition.job === undefined) yield* readPages(reader, place, watch);
    else for await (const request of jobRequests(reader, place)) yield* readOne(reader, request, place, watch);
  } catch (error) {
    throw error instanceof TaplineError ? withPosition(error, { stream: reader.stream.name }) : error;
  }
}

async function* readPages(reader: ListReader, place: Place, watch: CursorWatch | undefined): AsyncGenerator<RowBatch> {
  const { client, stream, signal, log } = reader;
  const { definition, incremental } = stream;
  const paginator = stream.newPaginator();
  let previous: PageShape | undefined;
  let patch: PagePatch | undefined = paginator.first;
  for (let number = 1; patch !== undefined; number++) {
    signal.throwIfAborted();
    const request = buildRequest(definition, place, client.base, patch, boundParams(stream, place));
    const sent = await client.send(request, definition.responses);
    if (sent.kind === "ignored") return reader.ignored(sent.status, sent.request);
    const shape: PageShape = { count: 0, first: "", last: undefined };
    const oldBefore = watch?.old ?? 0;
    const decoded = decodeRecords(sent.answer.body, stream.form, describeRequest(request));
    for await (const batch of rowsOf(reader, sent.answer, decoded.batches, request, place, watch, shape)) yield batch;
    checkRepeat(shape, previous, number, request);
    previous = shape;
    const document = decoded.document();
    patch = paginator.next({
      number,
      document,
      headers: sent.answer.headers,
      url: sent.answer.url,
      records: shape.count,
      lastRecord: shape.last,
    });
    if (incremental?.order === "desc" && watch !== undefined && watch.old > oldBefore) return;
  }
  const doubt = paginator.doubt?.();
  if (doubt !== undefined) log("warning", `stream ${JSON.stringify(stream.name)}: ${doubt}`, stream.name);
}

async function* readOne(reader: ListReader, request: PlainRequest, place: Place, watch: CursorWatch | undefined): AsyncGenerator<RowBatch> {
  const { client, stream } = reader;
  const sent = await client.send(request, stream.definition.responses);
  if (sent.kind === "ignored") return reader.ignored(sent.status, sent.request);
  const decoded = decodeRecords(sent.answer.body, stream.form, describeRequest(request));
  yield* rowsOf(reader, sent.answer, decoded.batches, request, place, watch, { count: 0, first: "", last: undefined });
}

/** Enough of a page to tell that the next one is the same. */
interface PageShape {
  count: number;
  first: string;
  last: unknown;
}

/** A server that does not know the parameter of the paging sends the first page for ever. @throws page_repeats */
function checkRepeat(shape: PageShape, previous: PageShape | undefined, number: number, request: PlainRequest): void {
  if (previous === undefined || shape.count === 0 || shape.count !== previous.count || shape.first !== previous.first) return;
  if (JSON.stringify(shape.last) !== JSON.stringify(previous.last)) return;
  throw restErrors.page_repeats({ page: number, request: describeRequest(request) });
}

async function* rowsOf(
  reader: ListReader,
  { body }: Answer,
  batches: AsyncIterable<readonly unknown[]>,
  request: PlainRequest,
  place: Place,
  watch: CursorWatch | undefined,
  shape: PageShape,
): AsyncGenerator<RowBatch> {
  const { stream } = reader;
  const added = addedColumns(stream, place);
  const toRows = rowMaker(stream, place, added, request);
  const toLines = linesOf(reader, added, body);
  const isWanted = watch === undefined ? undefined : (row: Row): boolean => watch.isWanted(row);
  // A long answer stays in its file, and its rows come a few at a time.
  const bytes = body.bytes === undefined ? 256 * 1024 : body.length;
  try {
    let held: Pick<RowBatch, "rows" | "lines"> = { rows: [], lines: undefined };
    for await (const batch of batches) {
      if (batch.length === 0) continue;
      if (shape.count === 0) shape.first = JSON.stringify(batch[0]);
      shape.count += batch.length;
      shape.last = batch.at(-1);
      if (held.rows.length > 0 || held.lines !== undefined) yield { ...held, bytes, isPageEnd: false, largest: watch?.largest ?? null };
      const lines = toLines?.(batch, isWanted);
      const rows = lines === undefined ? toRows(batch) : [];
      held = { lines, rows: isWanted === undefined ? rows : rows.filter(isWanted) };
    }
    yield { ...held, bytes, isPageEnd: true, largest: watch?.largest ?? null };
  } finally {
    await body[Symbol.asyncDispose]();
  }
}

/** undefined: no records of this answer can be sent as they are. */
function linesOf(
  { stream, context }: ListReader,
  added: Row,
  { bytes }: Body,
): ((batch: readonly unknown[], isWanted: ((row: Row) => boolean) | undefined) => Lines | undefined) | undefined {
  const keys = stream.form.format === "json" && stream.definition.map === undefined ? listKeys(stream.form.path) : undefined;
  if (context === undefined || bytes === undefined || keys === undefined) return undefined;
  const make = lineMaker(context, keys, added);
  return (batch, isWanted) => make(bytes, batch, isWanted);
}

function addedColumns({ definition: { fromParent = {}, fromPartition = {} } }: CompiledStream, place: Place): Row {
  const added: Row = {};
  for (const [column, name] of Object.entries(fromParent)) added[column] = place.parent[name as string];
  for (const [column, name] of Object.entries(fromPartition)) added[column] = place.partition[name as string];
  return added;
}

/** Records as rows: with `map`, and with the columns of parent and partition. @throws record_invalid */
function rowMaker(
  { definition: { map }, form }: CompiledStream,
  place: Place,
  added: Row,
  request: PlainRequest,
): (records: readonly unknown[]) => readonly Row[] {
  const hasAdded = Object.keys(added).length > 0;
  const fail = (found: unknown): Error =>
    restErrors.record_invalid({ request: describeRequest(request), path: form.path.text, found: describe(found) });
  return (records) => {
    const rows: Row[] = [];
    for (const record of records) {
      const made = map === undefined ? record : map(record, place);
      for (const row of Array.isArray(made) ? made : made === undefined ? [] : [made]) {
        if (!isObject(row)) throw fail(row);
        rows.push(hasAdded ? { ...row, ...added } : row);
      }
    }
    return rows;
  };
}

function boundParams({ incremental }: CompiledStream, { start, end }: Place): Params {
  if (incremental === undefined) return {};
  const { startParam, endParam } = incremental;
  return {
    ...(startParam !== undefined && start !== undefined && { [startParam]: start }),
    ...(endParam !== undefined && end !== undefined && { [endParam]: end }),
  };
}
