/**
 * Receives the body of an answer whole, before any record of it is used: so a request whose answer broke off can be sent again without
 * sending rows twice. What is longer than memory should hold goes to a file without a name.
 */
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Body } from "../model.ts";

/** Longer bodies go to a file. */
export const memoryLimit = 16 * 1024 * 1024;

const pieceBytes = 256 * 1024;

/** @throws what the stream throws, and errors of the file */
export async function receiveBody(stream: AsyncIterable<Uint8Array>): Promise<Body> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let file: FileHandle | undefined;
  try {
    for await (const piece of stream) {
      length += piece.byteLength;
      pieces.push(piece);
      if (length <= memoryLimit) continue;
      file ??= await namelessFile();
      await writeAll(file, pieces);
      pieces = [];
    }
  } catch (error) {
    await file?.close();
    throw error;
  }
  return file === undefined
    ? inMemory(pieces.length === 1 ? Buffer.from(pieces[0] as Uint8Array) : Buffer.concat(pieces))
    : inFile(file, length);
}

/** A body of bytes at hand. */
export function inMemory(bytes: Buffer): Body {
  return {
    length: bytes.length,
    bytes,
    async *pieces() {
      if (bytes.length > 0) yield bytes;
    },
    start: async (length) => bytes.toString("utf8", 0, length),
    async [Symbol.asyncDispose]() {},
  };
}

function inFile(file: FileHandle, length: number): Body {
  let isOpen = true;
  return {
    length,
    bytes: undefined,
    async *pieces() {
      for (let at = 0; at < length; ) {
        const piece = Buffer.allocUnsafe(Math.min(pieceBytes, length - at));
        const { bytesRead } = await file.read(piece, 0, piece.length, at);
        if (bytesRead === 0) throw new Error("the temporary file of an answer is shorter than what was written to it");
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    },
    async start(most) {
      const piece = Buffer.alloc(Math.min(most, length));
      const { bytesRead } = await file.read(piece, 0, piece.length, 0);
      return piece.toString("utf8", 0, bytesRead);
    },
    async [Symbol.asyncDispose]() {
      if (isOpen) await file.close();
      isOpen = false;
    },
  };
}

/** A file that only this process can open, and that is gone with it. */
async function namelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "tapline-rest-"));
  try {
    return await open(join(folder, "body"), "wx+", 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) await file.appendFile(piece);
}
