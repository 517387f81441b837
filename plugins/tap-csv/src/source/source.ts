/** One input as UTF-8 bytes, whatever it is on disk: what readers and detection see of a file, an archive's member or a pipe. */
import { stat } from "node:fs/promises";
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { type ByteReader, fill, putBack, readerOf } from "./bytes.ts";
import { type Decoder, decoderOf, encodingOf } from "./encoding.ts";
import { type FileReader, openFile } from "./file.ts";
import { fileError } from "./file-error.ts";
import { type Compression, inflated } from "./inflate.ts";
import { Pipe } from "./pipe.ts";
import { openMember } from "./zip.ts";

/** What `find` lists: a file, or a member of a zip archive. Keep the object: with it a pipe's sample is kept. */
export interface InputFile {
  /** As it is opened. */
  readonly path: string;
  /** The name of a zip archive's member. */
  readonly member?: string;
}

export interface SourceOptions {
  /** Any name that `encodingOf` knows. */
  encoding: string;
  /** Where to begin, in a seekable source: a `position` seen earlier. Default: the start, behind a byte order mark. */
  from?: number;
  /** Only to look at its start: an input that can be read but once is kept as far as it is read, and the next `openSource` begins at the start again. */
  isLook?: boolean;
  /** For messages. */
  position: Position;
}

export interface Source extends ByteReader {
  /** As shown and in state: the path, `archive.zip/member.csv`. */
  readonly name: string;
  /** UTF-8 bytes; 0 at the end. A byte that is bad in the source's encoding arrives as 0xFF, so that the reader's own check finds file, line and column. */
  read(into: Uint8Array): Promise<number>;
  /** Bytes given are equal to bytes of the file, so a place can be sought again. */
  readonly isSeekable: boolean;
  /** Offset of the next byte that `read` gives: in a seekable source in the file (a byte order mark counts), else in the UTF-8 text. */
  readonly position: number;
  /** Bytes of the file on disk; of a pipe undefined. */
  readonly size: number | undefined;
  /** Of a pipe, when it was opened. */
  readonly modifiedAt: Date;
}

export const nameOf = ({ path, member }: InputFile): string => (member === undefined ? path : `${path}/${member}`);

/**
 * @throws file_missing, file_forbidden, file_unreadable, encoding_unknown, pipe_read_twice, archive_broken, archive_unreadable;
 * while reading file_unreadable, archive_broken
 */
export async function openSource(input: InputFile, options: SourceOptions): Promise<Source> {
  const decoder = decoderOf(encodingOf(options.encoding, options.position));
  const { reader, file, size, modifiedAt } = await openBytes(input, options);
  const isSeekable = file !== undefined && decoder === undefined;
  let position = options.from ?? 0;
  let text = decoder === undefined ? reader : decoded(reader, decoder);
  if (isSeekable) file.at = position;
  if (options.from === undefined) {
    const start = new Uint8Array(3);
    const length = await fill(text, start).catch(async (error: unknown) => {
      await reader[Symbol.asyncDispose]();
      throw error;
    });
    const isMark = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
    if (isSeekable) position = file.at = isMark ? 3 : 0;
    else if (!isMark) text = putBack(start.subarray(0, length), text);
  }
  return {
    name: nameOf(input),
    isSeekable,
    size,
    modifiedAt,
    get position() {
      return position;
    },
    read: async (into) => {
      const count = await text.read(into);
      position += count;
      return count;
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

/** Bytes of an input, unpacked but in its own encoding. */
export interface Sample {
  /** The first ones. */
  bytes: Uint8Array;
  /** They are all there are. */
  isWhole: boolean;
  /** Pieces from further places of a large file, where they can be had for nothing. */
  further: readonly Uint8Array[];
}

const furtherPlaces = [0.25, 0.5, 0.75, 1];
const furtherBytes = 32 * 1024;

/** @throws as `openSource` */
export async function readSample(input: InputFile, length: number, position: Position): Promise<Sample> {
  const { reader, file } = await openBytes(input, { isLook: true, position });
  await using _ = reader;
  const bytes = new Uint8Array(length + 1);
  const count = await fill(reader, bytes);
  const isWhole = count <= length;
  const further = isWhole || file === undefined ? [] : await piecesBehind(count, file);
  return { bytes: bytes.subarray(0, Math.min(count, length)), isWhole, further };
}

async function piecesBehind(start: number, file: FileReader): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for (const place of furtherPlaces) {
    file.at = Math.max(start, Math.floor((file.size - furtherBytes) * place));
    const piece = new Uint8Array(furtherBytes);
    pieces.push(piece.subarray(0, await fill(file, piece)));
  }
  return pieces;
}

interface OpenBytes {
  reader: ByteReader;
  /** Set when the reader is a regular file that isn't packed. */
  file?: FileReader;
  size: number | undefined;
  modifiedAt: Date;
}

async function openBytes(input: InputFile, { isLook = false, position }: Pick<SourceOptions, "isLook" | "position">): Promise<OpenBytes> {
  const { path, member } = input;
  const broken = (reason: string, cause?: unknown): Error => errors.archive_broken({ path, reason }, position, cause);
  if (member !== undefined) {
    const opened = await openMember(path, member, position).catch((error: unknown) => {
      throw fileError(path, position, error);
    });
    return { reader: opened.reader, size: opened.member.bytes, modifiedAt: opened.member.modifiedAt };
  }
  const pipe = pipes.get(input) ?? (await findPipe(input, position));
  const file = pipe === undefined ? await openFile(path, position) : undefined;
  const raw = pipe === undefined ? (file as FileReader) : pipe.reader(isLook);
  const { size, modifiedAt } = file ?? { size: undefined, modifiedAt: (pipe as Pipe).openedAt };
  try {
    const start = new Uint8Array(4);
    const length = await fill(raw, start);
    const packing = length < 4 ? undefined : compressionOf(start);
    if (packing === "zip")
      throw errors.file_unreadable(
        { path, reason: "it is a zip archive, and only a file whose name ends in .zip is read as one" },
        position,
      );
    if (file !== undefined) file.at = 0;
    const reader = file ?? putBack(start.subarray(0, length), raw);
    if (packing !== undefined) return { reader: inflated(reader, packing, broken), size, modifiedAt };
    return { reader, ...(file === undefined ? {} : { file }), size, modifiedAt };
  } catch (error) {
    await raw[Symbol.asyncDispose]();
    throw error;
  }
}

/** By the first bytes, never by the name: no text starts with them. */
export function compressionOf(start: Uint8Array): Exclude<Compression, "deflate"> | "zip" | undefined {
  const [a, b, c, d] = start;
  if (a === 0x1f && b === 0x8b) return "gzip";
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return "zstd";
  return a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6)) ? "zip" : undefined;
}

const pipes = new WeakMap<InputFile, Pipe>();

async function findPipe(input: InputFile, position: Position): Promise<Pipe | undefined> {
  const kind = await stat(input.path).catch((error: unknown) => {
    throw fileError(input.path, position, error);
  });
  if (kind.isDirectory()) throw errors.file_unreadable({ path: input.path, reason: "it is a folder" }, position);
  if (kind.isFile()) return;
  const pipe = new Pipe(input.path, position);
  pipes.set(input, pipe);
  return pipe;
}

function decoded(reader: ByteReader, decode: Decoder): ByteReader {
  const piece = new Uint8Array(64 * 1024);
  let isAtEnd = false;
  return readerOf(
    async () => {
      if (isAtEnd) return;
      const count = await reader.read(piece);
      isAtEnd = count === 0;
      return decode(piece.subarray(0, count), isAtEnd);
    },
    () => reader[Symbol.asyncDispose](),
  );
}
