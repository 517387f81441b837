/** One input as UTF-8 bytes, whether it is a file, a member of an archive or a pipe. */
import { stat } from "node:fs/promises";
import { fileError, type Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { BadBytes } from "./bad-bytes.ts";
import { type ByteReader, fill, putBack, readerOf } from "./bytes.ts";
import { decoderOf } from "./decoder.ts";
import type { Decoder } from "./decoder-types.ts";
import { encodingOf } from "./encoding.ts";
import { type FileReader, openFile } from "./file.ts";
import { type Compression, inflated } from "./inflate.ts";
import { Pipe } from "./pipe.ts";
import { openMember } from "./zip.ts";

/** What `find` lists: a file, or a member of a zip archive. Pass the same object on: a pipe's sample is kept by its identity. */
export interface InputFile {
  /** The path to open. */
  readonly path: string;
  /** The name of a zip archive's member. */
  readonly member?: string;
  /** `path` in the config names this file; others were found in a folder, an archive or by a pattern. */
  readonly isNamed?: true;
  /** The name by which an earlier run read this file, where it was spelled differently. Set before the file is opened to read its rows. */
  knownAs?: string;
}

export interface SourceOptions {
  /** Any name that `encodingOf` accepts. */
  encoding: string;
  /** Where to start in a seekable source: an earlier `position`. Default: the start, after a byte order mark. */
  from?: number;
  /** Only the start will be read. For a pipe, the bytes read are kept, and the next `openSource` starts with them again. */
  isPreview?: boolean;
  /** For error messages. */
  position: Position;
}

export interface Source extends ByteReader {
  /** The name in messages and in the state, see `nameOf`. */
  readonly name: string;
  /** Reads UTF-8 bytes; 0 at the end. A byte that is invalid in the source's encoding becomes 0xFF, so that the reader's check reports file, line and column. */
  read(into: Uint8Array): Promise<number>;
  /** The bytes are those of the file, so reading can start again at a position. */
  readonly isSeekable: boolean;
  /** Offset of the next byte that `read` returns: in the file for a seekable source (a byte order mark counts), else in the UTF-8 text. */
  readonly position: number;
  /** Bytes of the file on disk; undefined for a pipe. */
  readonly size: number | undefined;
  /** The share of the file that was read from disk, from 0 to 1; undefined for a pipe, a member of an archive and a sheet. */
  readShare?(): number;
  /** For a pipe, the time it was opened. */
  readonly modifiedAt: Date;
  /** The byte that became 0xFF at an offset of the UTF-8 text, where the source is decoded and the byte is still known. */
  badByteAt?(offset: number): number | undefined;
}

/** The name in messages, rows and the state: the path, or `archive.zip/member.csv`, in the spelling of the run that first read the file. */
export const nameOf = (input: InputFile): string => input.knownAs ?? writtenName(input);

/** The name by the path as it is in this run. */
export const writtenName = ({ path, member }: InputFile): string => (member === undefined ? path : `${path}/${member}`);

/**
 * @throws file_missing, file_forbidden, file_unreadable, encoding_unknown, pipe_read_twice, archive_broken, archive_unreadable;
 * while reading file_unreadable, archive_broken
 */
export async function openSource(input: InputFile, options: SourceOptions): Promise<Source> {
  const bad = new BadBytes();
  const decoder = decoderOf(encodingOf(options.encoding, options.position), (offset, byte) => bad.add(offset, byte));
  const { reader, file, disk, size, modifiedAt } = await openBytes(input, options);
  const isSeekable = file !== undefined && decoder === undefined;
  let position = options.from ?? 0;
  let text = decoder === undefined ? reader : decoded(reader, decoder);
  let markBytes = 0;
  if (isSeekable) file.at = position;
  if (options.from === undefined) {
    const start = new Uint8Array(3);
    const length = await fill(text, start).catch(async (error: unknown) => {
      await reader[Symbol.asyncDispose]();
      throw error;
    });
    const isMark = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf;
    if (isMark) markBytes = 3;
    if (isSeekable) position = file.at = markBytes;
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
    ...(disk === undefined ? {} : { readShare: () => (disk.size === 0 ? 1 : Math.min(1, disk.at / disk.size)) }),
    ...(decoder === undefined ? {} : { badByteAt: (offset: number) => bad.at(offset + markBytes) }),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

/** Bytes of an input, unpacked but not decoded. */
export interface Sample {
  /** From the start of the input. */
  bytes: Uint8Array;
  /** `bytes` is the whole input. */
  isWhole: boolean;
  /** Pieces from later in a large file, where they can be read at no cost. */
  later: readonly Uint8Array[];
  /** Where these pieces begin in the file. */
  laterOffsets?: readonly number[];
}

const laterPlaces = [0.25, 0.5, 0.75, 1];
const laterBytes = 32 * 1024;

/** @throws the errors of `openSource` */
export async function readSample(input: InputFile, length: number, position: Position): Promise<Sample> {
  const { reader, file } = await openBytes(input, { isPreview: true, position });
  await using _ = reader;
  const bytes = new Uint8Array(length + 1);
  const count = await fill(reader, bytes);
  const isWhole = count <= length;
  const pieces = isWhole || file === undefined ? [] : await piecesAfter(count, file);
  return {
    bytes: bytes.subarray(0, Math.min(count, length)),
    isWhole,
    later: pieces.map(({ piece }) => piece),
    laterOffsets: pieces.map(({ offset }) => offset),
  };
}

async function piecesAfter(start: number, file: FileReader): Promise<{ offset: number; piece: Uint8Array }[]> {
  const pieces: { offset: number; piece: Uint8Array }[] = [];
  for (const place of laterPlaces) {
    const offset = Math.max(start, Math.floor((file.size - laterBytes) * place));
    file.at = offset;
    const piece = new Uint8Array(laterBytes);
    pieces.push({ offset, piece: piece.subarray(0, await fill(file, piece)) });
  }
  return pieces;
}

interface OpenBytes {
  reader: ByteReader;
  /** Set when the reader is a regular file that is not compressed. */
  file?: FileReader;
  /** Set when the input is a regular file, compressed or not. */
  disk?: FileReader | undefined;
  size: number | undefined;
  modifiedAt: Date;
}

async function openBytes(
  input: InputFile,
  { isPreview = false, position }: Pick<SourceOptions, "isPreview" | "position">,
): Promise<OpenBytes> {
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
  const raw = pipe === undefined ? (file as FileReader) : pipe.reader(isPreview);
  const { size, modifiedAt } = file ?? { size: undefined, modifiedAt: (pipe as Pipe).openedAt };
  try {
    const start = new Uint8Array(4);
    const length = await fill(raw, start);
    const packing = length < 4 ? undefined : compressionOf(start);
    if (packing === "zip")
      throw errors.file_unreadable({ path, reason: "it is a zip archive, but its name does not end in .zip" }, position);
    if (file !== undefined) file.at = 0;
    const reader = file ?? putBack(start.subarray(0, length), raw);
    if (packing !== undefined) return { reader: inflated(reader, packing, broken), disk: file, size, modifiedAt };
    return { reader, ...(file === undefined ? {} : { file, disk: file }), size, modifiedAt };
  } catch (error) {
    await raw[Symbol.asyncDispose]();
    throw error;
  }
}

/** Decides by the first bytes, never by the name: no text starts with these. */
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
