/**
 * Receives the body of an answer whole, before any record of it is used: so a request whose answer broke off can be sent again without
 * sending rows twice. What is longer than memory should hold goes to a file without a name.
 */
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Body } from "../model.ts";

/** Longer bodies go to a file. */
export const memoryLimit = 16 * 1024 * 1024;

const pieceBytes = 256 * 1024;

/** `touch` is called for each piece. @throws what the stream throws, and errors of the file */
export async function receiveBody(stream: Readable, touch: () => void = () => {}): Promise<Body> {
  const pieces: Buffer[] = [];
  if (await gather(stream, pieces, touch)) return inMemory(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces));
  const file = await namelessFile();
  let length = 0;
  try {
    const write = async (piece: Buffer): Promise<void> => {
      await file.appendFile(piece);
      length += piece.length;
    };
    for (const piece of pieces.splice(0)) await write(piece);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      touch();
      await write(piece);
    }
    return inFile(file, length);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Collects what the stream has, without a promise for each piece. false: there is more than memory should hold, and the stream waits. */
function gather(stream: Readable, pieces: Buffer[], touch: () => void): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let length = 0;
    const onData = (piece: Buffer): void => {
      touch();
      pieces.push(piece);
      length += piece.length;
      if (length <= memoryLimit) return;
      stream.pause();
      stream.off("data", onData).off("end", onEnd).off("error", reject).off("close", onClose);
      resolve(false);
    };
    const onEnd = (): void => resolve(true);
    const onClose = (): void => reject(new Error("the connection ended in the middle of the answer"));
    stream.on("data", onData).on("end", onEnd).on("error", reject).on("close", onClose);
  });
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
