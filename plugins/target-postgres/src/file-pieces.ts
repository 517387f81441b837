/** The bytes of a file, piece by piece. */
import { closeSync, openSync, readSync } from "node:fs";
import type { TakeBytes } from "@tapline/postgres";

const pieceBytes = 256 << 10;

/** @throws the error of the file system */
export function* filePieces(path: string, take: TakeBytes): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const piece = take(pieceBytes);
      const count = readSync(file, piece);
      if (count === 0) return;
      yield piece.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}
