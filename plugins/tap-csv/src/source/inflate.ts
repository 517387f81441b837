/** Unpacks gzip, zstd and the deflate of zip members piece by piece. Memory use does not depend on the unpacked size. */
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { type ByteReader, readerOf } from "./bytes.ts";

export type Compression = "gzip" | "zstd" | "deflate";

export const largePiece = 128 * 1024;

/**
 * `broken`: makes the error for bytes that can't be unpacked, from the reason. `pieceBytes`: the size of its buffers; with small ones a
 * reader that takes long for a piece leaves less memory to the garbage collector.
 */
export function inflated(
  reader: ByteReader,
  compression: Compression,
  broken: (reason: string, cause?: unknown) => Error,
  pieceBytes = largePiece,
): ByteReader {
  const start = (piece: Uint8Array | undefined) => {
    const unpacker = makeUnpacker[compression](pieceBytes, broken);
    const left = feed(reader, piece, unpacker, pieceBytes);
    left.catch((error: Error) => unpacker.destroy(error));
    return { unpacker, left, pieces: unpacker[Symbol.asyncIterator]() as AsyncIterator<Uint8Array> };
  };
  let now = start(undefined);
  return readerOf(
    async () => {
      try {
        for (;;) {
          const { value, done } = await now.pieces.next();
          if (done !== true) return value;
          const left = await now.left;
          if (left === undefined) return;
          now = start(left);
        }
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (!/^(Z|ZSTD|ERR_ZSTD)_/.test(code ?? "")) throw error;
        throw broken(message, error);
      }
    },
    async () => {
      now.unpacker.destroy();
      await reader[Symbol.asyncDispose]();
    },
  );
}

type Unpacker = Transform & { readonly bytesWritten: number };

const makeUnpacker: Record<Compression, (chunkSize: number, broken: (reason: string) => Error) => Unpacker> = {
  gzip: (chunkSize) => zlib.createGunzip({ chunkSize }),
  deflate: (chunkSize) => zlib.createInflateRaw({ chunkSize }),
  zstd: (chunkSize, broken) => {
    if (typeof zlib.createZstdDecompress !== "function") {
      throw broken(`Node ${process.version} can't read zstd; Node 22.15 and newer can`);
    }
    return zlib.createZstdDecompress({ chunkSize });
  },
};

/**
 * Feeds one piece after the other. Returns the rest of a piece when the unpacker stops before the input ends: where a piece has
 * the end of one zstd frame and the start of the next, Node (24.21) unpacks the first and silently drops the rest.
 */
async function feed(
  reader: ByteReader,
  first: Uint8Array | undefined,
  unpacker: Unpacker,
  pieceBytes: number,
): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(pieceBytes);
  for (let piece = first; !unpacker.destroyed; piece = undefined) {
    piece ??= buffer.slice(0, await reader.read(buffer));
    if (piece.length === 0) break;
    const before = unpacker.bytesWritten;
    await written(unpacker, piece);
    const used = unpacker.bytesWritten - before;
    if (used < piece.length) return piece.subarray(used);
  }
  unpacker.end();
  return;
}

/** Also resolves when the unpacker fails or is closed; reading its output then throws. */
function written(unpacker: Unpacker, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      unpacker.off("close", done);
      resolve();
    };
    unpacker.once("close", done);
    unpacker.write(piece, done);
  });
}
