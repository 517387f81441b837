/**
 * Parquet files that other programs read: columns by name, logical types, compression, smallest and largest values. Pure but for the
 * compression. Source: LogicalTypes.md and parquet.thrift of Apache Parquet.
 */
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { ColumnBuffer, Part } from "../buffers/column-buffer.ts";
import type { ColumnType } from "../types/column-type.ts";
import { leavesOf } from "../types/parts.ts";
import {
  byteLength,
  type ChunkStatistics,
  type EncodedChunk,
  type FileForm,
  packBits,
  pageBody,
  pageHeader,
  physical,
  physicalType,
  writeMicros,
} from "./layout.ts";
import { pageLevels } from "./levels.ts";
import { giveBackPageMemory, takePageMemory } from "./page-memory.ts";
import { rangeOf } from "./range.ts";
import type { ThriftWriter } from "./thrift.ts";

export type Compression = "zstd" | "gzip" | "none";

export interface KeptForm {
  columnNames: readonly string[];
  compression: Compression;
  /** Text columns, by index, that get a range; other columns of texts have none. */
  keyColumns: readonly number[];
  /** Key-value metadata of the file. */
  metadata: Readonly<Record<string, string>>;
  /** The program that writes the file, as `NAME version VERSION`. */
  createdBy: string;
}

const codecs = { none: 0, gzip: 2, zstd: 6 } as const;

/** Node.js has had zstd since 22.15. */
export function hasZstd(): boolean {
  return typeof zlib.zstdCompressSync === "function";
}

export function keptForm({ columnNames, compression, keyColumns, metadata, createdBy }: KeptForm) {
  const compress = compressor(compression);
  return {
    columnName: (index: number) => columnNames[index] as string,
    physicalType: keptType,
    writeElement,
    codec: codecs[compression],
    writeRest(meta: ThriftWriter, leaves: number) {
      meta.structs(5, Object.entries(metadata), (pair, [key, value]) => {
        pair.text(1, key);
        pair.text(2, value);
      });
      meta.text(6, createdBy);
      // Values are ordered as their types define. Without it readers ignore the ranges.
      meta.structs(7, new Array(leaves).fill(undefined), (order) => order.struct(1, () => {}));
    },
    /** The buffers are free again when it returns, before the promises resolve. */
    encodeGroup(buffers: readonly ColumnBuffer[], types: readonly ColumnType[]): EncodedGroup {
      const pages = buffers.flatMap((buffer, index) => pagesOf(buffer, types[index] as ColumnType, keyColumns.includes(index)));
      const memory = takePageMemory(pages.reduce((sum, { body }) => sum + byteLength(body), 0));
      let end = 0;
      const chunks = pages.map(({ body, ...page }) => {
        const start = end;
        for (const part of body) {
          memory.set(part, end);
          end += part.length;
        }
        return encodePage(memory.subarray(start, end), page);
      });
      return { chunks, release: () => giveBackPageMemory(memory) };
    },
  } satisfies FileForm & { encodeGroup: unknown };

  async function encodePage(body: Buffer, { count, statistics }: Omit<Page, "body">): Promise<EncodedChunk> {
    const compressed = await compress(body);
    const header = pageHeader(count, body.length, compressed.length);
    return { parts: [header, compressed], count, plainLength: header.length + body.length, statistics };
  }
}

/** A row group on its way into the file. */
export interface EncodedGroup {
  /** One for each column; for each part with values where a column has parts. */
  chunks: readonly Promise<EncodedChunk>[];
  /** Call it when the chunks were written, or won't be, and all are settled. */
  release(): void;
}

interface Page {
  /** Levels and values. */
  body: readonly Uint8Array[];
  /** Values and places without one. */
  count: number;
  statistics: ChunkStatistics;
}

function pagesOf(buffer: ColumnBuffer, type: ColumnType, isKey: boolean): Page[] {
  const { rows: count, nulls, parts } = buffer;
  if (parts.length === 0)
    return [{ body: pageBody(buffer, valuesOf(buffer, type)), count, statistics: { nulls, range: rangeOf(buffer, type, isKey) } }];
  return leavesOf("", type).map((leaf, at) => {
    const part = parts[at] as Part;
    const { length } = part.definitions;
    const body = [...pageLevels(part, leaf), valuesOf(part.buffer, leaf.type)];
    return { body, count: length, statistics: { nulls: length - part.buffer.rows, range: undefined } };
  });
}

/** On other threads. */
function compressor(compression: Compression): (body: Buffer) => Promise<Buffer> {
  if (compression === "none") return async (body) => body;
  if (compression === "gzip") {
    const gzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip);
    return (body) => gzip(body, { level: 3, chunkSize: chunkSize(body) });
  }
  const zstd = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdCompress);
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: 1 };
  return (body) => zstd(body, { params, chunkSize: chunkSize(body) });
}

/** Each chunk of the result is a task of its own for another thread and costs this one as much again; Node.js makes them of 16 KiB. */
function chunkSize({ length }: Buffer): number {
  return Math.min(Math.max(length, 1 << 10), 1 << 19);
}

function valuesOf({ data }: ColumnBuffer, { kind }: ColumnType): Uint8Array {
  if (kind === "boolean") return packBits(data.used());
  return kind === "uuid" ? packUuids(data.used()) : data.used();
}

const uuidTextBytes = 36;

/** Texts with their lengths to 16 bytes each. */
function packUuids(texts: Buffer): Buffer {
  const count = texts.length / (4 + uuidTextBytes);
  const packed = Buffer.allocUnsafe(count * 16);
  for (let i = 0; i < count; i++) {
    const start = i * (4 + uuidTextBytes) + 4;
    packed.write(texts.toString("latin1", start, start + uuidTextBytes).replaceAll("-", ""), i * 16, "hex");
  }
  return packed;
}

function keptType(type: ColumnType): number {
  return type.kind === "uuid" ? physical.fixed : physicalType(type);
}

const optional = 1;
const converted = { utf8: 0, decimal: 5, date: 6, timestampMicros: 10, json: 19 } as const;
/** Types without parameters, each with its older name where it has one. */
const plainTypes: Partial<Record<ColumnType["kind"], { logical: number; converted?: number }>> = {
  varchar: { logical: 1, converted: converted.utf8 },
  interval: { logical: 1, converted: converted.utf8 },
  date: { logical: 6, converted: converted.date },
  json: { logical: 12, converted: converted.json },
  uuid: { logical: 14 },
};
const logicalDecimal = 5;

function writeElement(element: ThriftWriter, type: ColumnType, name: string): void {
  const stored = keptType(type);
  element.i32(1, stored);
  if (stored === physical.fixed) element.i32(2, 16);
  element.i32(3, optional);
  element.text(4, name);
  const { kind } = type;
  const plain = plainTypes[kind];
  if (plain !== undefined) {
    if (plain.converted !== undefined) element.i32(6, plain.converted);
    element.struct(10, (logical) => logical.struct(plain.logical, () => {}));
  } else if (kind === "time") element.struct(10, (logical) => writeMicros(logical, false, 7));
  else if (kind === "timestamptz" || kind === "timestamp") {
    if (kind === "timestamptz") element.i32(6, converted.timestampMicros);
    element.struct(10, (logical) => writeMicros(logical, kind === "timestamptz"));
  } else if (type.kind === "decimal") writeDecimal(element, type.precision, type.scale);
  else if (kind === "hugeint") writeDecimal(element, 38, 0);
}

function writeDecimal(element: ThriftWriter, precision: number, scale: number): void {
  element.i32(6, converted.decimal);
  element.i32(7, scale);
  element.i32(8, precision);
  element.struct(10, (logical) =>
    logical.struct(logicalDecimal, (fields) => {
      fields.i32(1, scale);
      fields.i32(2, precision);
    }),
  );
}
