/** The bytes of a regular file, with a position that can be read and set. */
import { open } from "node:fs/promises";
import { fileError, type Position } from "@tapline/sdk";
import type { ByteReader } from "./bytes.ts";

export interface FileReader extends ByteReader {
  /** The position of the next byte. */
  at: number;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** @throws file_missing, file_forbidden, file_unreadable */
export async function openFile(path: string, position: Position): Promise<FileReader> {
  const failed = (error: unknown): never => {
    throw fileError(path, position, error);
  };
  const handle = await open(path, "r").catch(failed);
  const { size, mtime } = await handle.stat().catch(failed);
  const reader: FileReader = {
    at: 0,
    size,
    modifiedAt: mtime,
    read: async (into) => {
      const { bytesRead } = await handle.read(into, 0, into.length, reader.at).catch(failed);
      reader.at += bytesRead;
      return bytesRead;
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
  return reader;
}
