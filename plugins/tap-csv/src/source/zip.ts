/**
 * Lists a zip archive by its central directory and reads members, checking length and checksum. Source: PKWARE's APPNOTE 6.3.10,
 * sections 4.3.12 to 4.3.16, and 4.5.3 for the 64-bit form.
 */
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { type ByteReader, readerOf } from "./bytes.ts";
import { inflated, largePiece } from "./inflate.ts";

export interface ZipMember {
  readonly name: string;
  readonly modifiedAt: Date;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly checksum: number;
  /** Offset of its local header. */
  readonly offset: number;
}

const endLength = 22;
const longestComment = 0xffff;
/** About the length of a directory of a million members. */
const longestDirectory = 128 * 1024 * 1024;

/** Lists all members that are files, in the order of the archive. @throws archive_broken */
export async function listMembers(handle: FileHandle, path: string, position: Position): Promise<ZipMember[]> {
  const broken = (reason: string): Error => errors.archive_broken({ path, reason }, position);
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - endLength - longestComment), size, broken);
  const end = tail.lastIndexOf("PK\x05\x06", tail.length - endLength, "latin1");
  if (end < 0) throw broken("its directory is missing; the file may be incomplete");
  const { start, length, count } = await findDirectory(handle, tail, end, size, broken);
  if (length > longestDirectory || start + length > size)
    throw broken(`its directory claims to have ${length} bytes, which can't be right`);
  const directory = await readAt(handle, start, start + length, broken);
  const members: ZipMember[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) throw broken(`entry ${i + 1} of its directory is broken`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ];
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > directory.length) throw broken(`entry ${i + 1} of its directory is broken`);
    const name = directory.subarray(at + 46, at + 46 + nameLength);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const member = memberOf(directory.subarray(at, at + 46), textOf(name), extra);
    if (!member.name.endsWith("/")) members.push(member);
    at = next;
  }
  return members;
}

/** `pieceBytes` as for `inflated`. @throws archive_broken, archive_unreadable, and while reading archive_broken */
export async function openMember(
  path: string,
  name: string,
  position: Position,
  pieceBytes = largePiece,
): Promise<{ reader: ByteReader; member: ZipMember }> {
  const handle = await open(path, "r");
  try {
    const member = (await listMembers(handle, path, position)).find((one) => one.name === name);
    const broken = (reason: string, cause?: unknown): Error =>
      errors.archive_broken({ path, reason: `the file ${JSON.stringify(name)} in it: ${reason}` }, position, cause);
    if (member === undefined) throw broken("it is no longer there");
    if (member.isEncrypted) throw errors.archive_unreadable({ path, member: name, reason: "is encrypted" }, position);
    const reader = unpacked(await packedBytes(handle, member, broken, pieceBytes), member, broken, pieceBytes);
    if (reader === undefined) {
      throw errors.archive_unreadable(
        { path, member: name, reason: `is compressed with method ${member.method}, which is not supported` },
        position,
      );
    }
    return { reader: checked(reader, member, broken), member };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

type Broken = (reason: string, cause?: unknown) => Error;

function unpacked(packed: ByteReader, { method }: ZipMember, broken: Broken, pieceBytes: number): ByteReader | undefined {
  if (method === 0) return packed;
  if (method === 8) return inflated(packed, "deflate", broken, pieceBytes);
  return method === 93 ? inflated(packed, "zstd", broken, pieceBytes) : undefined;
}

async function packedBytes(handle: FileHandle, member: ZipMember, broken: Broken, pieceBytes: number): Promise<ByteReader> {
  const header = await readAt(handle, member.offset, member.offset + 30, broken);
  if (header.readUInt32LE(0) !== 0x04034b50) throw broken("its header is broken");
  let at = member.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const end = at + member.packedBytes;
  return readerOf(
    async () => {
      if (at === end) return;
      const piece = await readAt(handle, at, Math.min(end, at + pieceBytes), broken);
      at += piece.length;
      return piece;
    },
    () => handle.close(),
  );
}

/** Throws at the end when length or checksum differ from the directory, and at once when there are more bytes. */
function checked(reader: ByteReader, { bytes, checksum }: ZipMember, broken: Broken): ByteReader {
  let seen = 0;
  let sum = 0;
  return {
    read: async (into) => {
      const count = await reader.read(into);
      seen += count;
      sum = crc32(into.subarray(0, count), sum);
      if (seen > bytes || (count === 0 && seen < bytes))
        throw broken(`it should have ${bytes} bytes but has ${seen > bytes ? "more" : seen}`);
      if (count === 0 && sum !== checksum) throw broken("its checksum is wrong");
      return count;
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

/** The end of the archive has the position of its directory; where 32 bits are too few, a second record has it. */
async function findDirectory(handle: FileHandle, tail: Buffer, end: number, size: number, broken: Broken) {
  const place = { count: tail.readUInt16LE(end + 10), length: tail.readUInt32LE(end + 12), start: tail.readUInt32LE(end + 16) };
  const locator = end - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) return place;
  const at = Number(tail.readBigUInt64LE(locator + 8));
  if (at + 56 > size) throw broken("its 64-bit directory is missing");
  const record = await readAt(handle, at, at + 56, broken);
  if (record.readUInt32LE(0) !== 0x06064b50) throw broken("its 64-bit directory is missing");
  const [count, length, start] = [32, 40, 48].map((offset) => Number(record.readBigUInt64LE(offset))) as [number, number, number];
  return { count, length, start };
}

function memberOf(header: Buffer, name: string, extra: Buffer): ZipMember {
  const [packed, bytes, offset] = wideSizes(header, extra);
  return {
    name,
    modifiedAt: dosTime(header.readUInt16LE(14), header.readUInt16LE(12)),
    method: header.readUInt16LE(10),
    isEncrypted: (header.readUInt16LE(8) & 1) === 1,
    packedBytes: packed,
    bytes,
    checksum: header.readUInt32LE(16),
    offset,
  };
}

/** Packed size, size and offset. Those that are all ones are in the 64-bit extra field, in the order size, packed size, offset. */
function wideSizes(header: Buffer, extra: Buffer): [packed: number, bytes: number, offset: number] {
  let wide = extra.subarray(0, 0);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) wide = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  let used = 0;
  const sizeAt = (place: number): number => {
    const narrow = header.readUInt32LE(place);
    if (narrow !== 0xffffffff || used + 8 > wide.length) return narrow;
    used += 8;
    return Number(wide.readBigUInt64LE(used - 8));
  };
  const bytes = sizeAt(24);
  const packed = sizeAt(20);
  return [packed, bytes, sizeAt(42)];
}

/** The time zone is unknown; UTC gives the same result on every machine. */
function dosTime(date: number, time: number): Date {
  return new Date(Date.UTC(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2));
}

/** Old archives have names in an unknown code page; only their ASCII characters are certain. */
function textOf(name: Buffer): string {
  const text = name.toString("utf8");
  return text.includes("\uFFFD") ? name.toString("latin1") : text;
}

async function readAt(handle: FileHandle, from: number, to: number, broken: Broken): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
    if (bytesRead === 0) throw broken("it ends too early");
    at += bytesRead;
  }
  return bytes;
}
