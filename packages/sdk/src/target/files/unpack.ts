/** The bytes of a file in pieces, unpacked where it is compressed with gzip or zstd. */
import type { FileHandle } from "node:fs/promises";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";

const pieceBytes = 256 << 10;

/** What the file starts with decides: taps name compressions in several ways. Closes the file. `broken` makes the error for bytes that can't be unpacked. */
export async function* unpacked(handle: FileHandle, broken: (reason: string, cause?: unknown) => Error): AsyncGenerator<Buffer> {
  const start = Buffer.alloc(4);
  await handle.read(start, 0, 4, 0);
  const file = handle.createReadStream({ start: 0, highWaterMark: pieceBytes });
  const unpacker = unpackerFor(start, broken);
  if (unpacker === undefined) return yield* file as AsyncIterable<Buffer>;
  // An error of the file must end the unpacker, or nobody would see it.
  file.on("error", (error) => unpacker.destroy(error)).pipe(unpacker);
  try {
    for await (const piece of unpacker) yield piece as Buffer;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!/^(Z|ZSTD|ERR_ZSTD)_/.test(code ?? "")) throw error;
    throw broken(message, error);
  } finally {
    file.destroy();
  }
}

function unpackerFor(start: Buffer, broken: (reason: string) => Error): Transform | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return zlib.createGunzip({ chunkSize: pieceBytes });
  if (start.readUInt32LE() !== 0xfd2fb528) return undefined;
  if (typeof zlib.createZstdDecompress !== "function") throw broken(`Node ${process.version} can't read zstd; Node 22.15 and newer can`);
  return zlib.createZstdDecompress({ chunkSize: pieceBytes });
}
