/** The cells of the next chunk, which may be of many runs of lines. */
import { decodeRows, newChunk, type Rest, type RowDecoding } from "../decode-rows.ts";
import { metadataSources } from "../metadata.ts";
import type { CellChunk, CellSegment, CellSource, RowChunk } from "./chunk.ts";
import type { CellStore } from "./store.ts";
import type { StreamCells } from "./stream-cells.ts";

/** So many bytes of lines stay in the processor's cache until all their columns are converted. */
const chunkBytes = 256 << 10;

export class GrowingCells {
  readonly #store: CellStore;
  readonly #known: StreamCells;
  readonly #decoding: RowDecoding;
  readonly #batchedAt: string;
  #segments: CellSegment[] = [];
  #bytes = 0;
  /** Names of the fields beside the record, in all of the chunk's lines; undefined where there is no line yet. */
  #outside: string | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #viewed: Buffer | undefined;
  count = 0;

  constructor(store: CellStore, known: StreamCells, decoding: RowDecoding, batchedAt: string) {
    this.#store = store;
    this.#known = known;
    this.#decoding = decoding;
    this.#batchedAt = batchedAt;
  }

  get isFull(): boolean {
    return this.count >= this.#known.capacity || this.#bytes >= chunkBytes;
  }

  /** Moves over the next lines that can be read as cells, as far as the chunk has room. */
  scan(rest: Rest, receivedAt: string): void {
    const { bytes, at, line } = rest;
    const known = this.#known;
    if (this.count === 0) known.clear(this.#store);
    const cursor = {
      bytes,
      view: this.#viewOf(bytes),
      at,
      end: Math.min(bytes.length, at + chunkBytes - this.#bytes),
      row: this.count,
      capacity: known.capacity,
    };
    this.#outside = known.scan(cursor, this.#store, this.#outside);
    const rows = cursor.row - this.count;
    if (rows === 0) return;
    this.#segments.push({ bytes, view: cursor.view, from: this.count, end: cursor.row, at, firstLine: line, receivedAt });
    this.#bytes += cursor.at - at;
    this.count = cursor.row;
    rest.at = cursor.at;
    rest.line += rows;
  }

  /** The chunk. Its cells are valid until the next call of `scan`. */
  take(): CellChunk {
    const [store, known, { clock }] = [this.#store, this.#known, this.#decoding] as const;
    const [count, segments, fields, { capacity }] = [this.count, this.#segments, known.fields, known] as const;
    const outside = this.#outside?.split(" ") ?? [];
    const sequence = clock?.take(count) ?? 0;
    const cellsIn = (name: string, slot: number): CellSource | undefined =>
      outside.includes(name) ? { cells: slot * capacity } : undefined;
    const metadata =
      clock &&
      metadataSources(clock.startedAt, sequence, this.#batchedAt, segments, {
        time: cellsIn("time_extracted", known.timeSlot),
        version: cellsIn("version", known.versionSlot),
      });
    this.#segments = [];
    this.#bytes = 0;
    this.#outside = undefined;
    this.count = 0;
    return {
      count,
      segments,
      fields,
      kinds: store.kinds,
      starts: store.starts,
      ends: store.ends,
      numbers: store.numbers,
      sourceOf(name) {
        if (metadata?.has(name)) return metadata.get(name);
        return fields.includes(name) ? { cells: (known.slotOf(name) as number) * capacity } : undefined;
      },
      valueAt: (cell, segment) => store.valueAt(cell, segment),
      toRows: () => this.#toRows(segments, sequence),
    };
  }

  #toRows(segments: readonly CellSegment[], sequence: number): RowChunk {
    const chunk = newChunk();
    for (const { bytes, at, firstLine, from, end, receivedAt } of segments) {
      const rest = { bytes, suspicion: { exact: true, surrogates: true }, at, line: firstLine };
      const arrival = { receivedAt, batchedAt: this.#batchedAt, sequence: sequence + from };
      // It stops where a chunk of rows is full.
      while (rest.line < firstLine + end - from) {
        const done = rest.line - firstLine;
        const part = newChunk();
        decodeRows(rest, part, this.#decoding, { ...arrival, sequence: arrival.sequence + done }, end - from - done);
        chunk.rows.push(...part.rows);
        chunk.lines.push(...part.lines);
      }
    }
    return chunk;
  }

  #viewOf(bytes: Buffer): DataView {
    if (this.#viewed !== bytes) this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#viewed = bytes;
    return this.#view;
  }
}
