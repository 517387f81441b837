/**
 * Reads a Parquet file of a BATCH message, a part of a row group at a time. Numbers, decimals and times are made from the stored
 * integers, so every digit arrives; the library would give doubles and milliseconds.
 */
import type { FileHandle } from "node:fs/promises";
import * as zlib from "node:zlib";
import { encodeRecord, type Records, TaplineError } from "@tapline/protocol";
import type { FileMetaData } from "hyparquet";
import { fieldConverters, prepareSchema } from "./parquet-values.ts";
import type { RecordLines } from "./record-lines.ts";

/** Rows of so many bytes, unpacked, become objects at once. */
const partBytes = 8 << 20;

/** Some taps name Parquet files `….parquet.gz`: what the file starts with decides. */
export async function isParquet(handle: FileHandle): Promise<boolean> {
  const start = Buffer.alloc(4);
  await handle.read(start, 0, 4, 0);
  return start.toString("latin1") === "PAR1";
}

/** `broken` makes the error for a file that can't be read. @throws batch_file_broken, value_unencodable */
export async function* readParquet(
  handle: FileHandle,
  lines: RecordLines,
  broken: (reason: string, cause?: unknown) => Error,
): AsyncGenerator<Records> {
  const { parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const { size } = await handle.stat();
  const file = {
    byteLength: size,
    async slice(start: number, end: number = size): Promise<ArrayBuffer> {
      const piece = new ArrayBuffer(Math.max(0, end - start));
      const view = new Uint8Array(piece);
      for (let at = 0; at < view.length; ) {
        const { bytesRead } = await handle.read(view, at, view.length - at, start + at);
        if (bytesRead === 0) throw new Error("the file is cut");
        at += bytesRead;
      }
      return piece;
    },
  };
  const explained = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: Error) => {
      throw broken(error.message, error);
    });
  const metadata: FileMetaData = await explained(parquetMetadataAsync(file));
  const converters = fieldConverters(metadata, broken);
  prepareSchema(metadata);
  let first = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const parts = Math.max(1, Math.ceil(Number(group.total_byte_size) / partBytes));
    const step = Math.ceil(rows / parts);
    for (let from = first; from < first + rows; from += step) {
      const range = { rowStart: from, rowEnd: Math.min(from + step, first + rows) };
      const found = await explained(
        parquetReadObjects({ file, metadata, ...range, utf8: false, compressors, parsers, useOffsetIndex: true }),
      );
      for (const row of found) {
        try {
          for (const [name, convert] of converters) row[name] = convert(row[name]);
        } catch (error) {
          throw error instanceof TaplineError ? error : broken(`row ${lines.rows + 1}: ${(error as Error).message}`, error);
        }
        const run = lines.add(Buffer.from(recordText(row)), lines.rows + 1);
        if (run !== undefined) yield run;
      }
    }
    first += rows;
  }
  const last = lines.take();
  if (last !== undefined) yield last;
}

/** Python writes NaN and Infinity so too, and targets read them. */
function recordText(row: Record<string, unknown>): string {
  const isUsual = (value: unknown): boolean => typeof value !== "number" || Number.isFinite(value);
  if (Object.values(row).every(isUsual)) return encodeRecord(row);
  const fields = Object.entries(row).map(([name, value]) =>
    isUsual(value) ? encodeRecord({ [name]: value }).slice(1, -1) : `${JSON.stringify(name)}:${value}`,
  );
  return `{${fields.join(",")}}`;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const parsers = {
  stringFromBytes: (bytes: Uint8Array) => bytes && decoder.decode(bytes),
  jsonFromBytes: (bytes: Uint8Array) => bytes && decoder.decode(bytes),
};

const compressors = {
  GZIP: (input: Uint8Array) => zlib.gunzipSync(input),
  BROTLI: (input: Uint8Array) => zlib.brotliDecompressSync(input),
  ZSTD: (input: Uint8Array) => zlib.zstdDecompressSync(input),
};
