/** Bytes as they come out of gzip, zstd or a zip member's deflate, piece by piece: however much a file swells, memory stays flat. */
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { type ByteReader, readerOf } from "./bytes.ts";

export type Compression = "gzip" | "zstd" | "deflate";

const pieceBytes = 128 * 1024;

/** `broken` makes the error for bytes that can't be unpacked; it gets the reason. */
export function inflated(reader: ByteReader, compression: Compression, broken: (reason: string, cause?: unknown) => Error): ByteReader {
  const start = (piece: Uint8Array | undefined) => {
    const unpacker = makeUnpacker[compression](broken);
    const left = feed(reader, piece, unpacker);
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

const makeUnpacker: Record<Compression, (broken: (reason: string) => Error) => Unpacker> = {
  gzip: () => zlib.createGunzip({ chunkSize: pieceBytes }),
  deflate: () => zlib.createInflateRaw({ chunkSize: pieceBytes }),
  zstd: (broken) => {
    if (typeof zlib.createZstdDecompress !== "function") {
      throw broken(`Node ${process.version} can't read zstd; Node 22.15 and newer can`);
    }
    return zlib.createZstdDecompress({ chunkSize: pieceBytes });
  },
};

/**
 * One piece after the other, each once the one before is used up. Returns what is left when the unpacker stops before the input
 * ends: of a piece with the end of one zstd frame and the start of the next, Node unpacks the first and drops the rest without
 * a word (as of 24.21).
 */
async function feed(reader: ByteReader, first: Uint8Array | undefined, unpacker: Unpacker): Promise<Uint8Array | undefined> {
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

/** Also returns when the unpacker failed or was closed: its output tells. */
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
