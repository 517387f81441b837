/** Wraps a source to replace invalid bytes with U+FFFD and count them, for `bad_bytes: replace`. */
import { isUtf8 } from "node:buffer";
import type { Source } from "../source/source.ts";
import { wholeCharactersEnd } from "./utf8.ts";

const pieceBytes = 64 * 1024;

/** Calls `onReplace` at the end with the count of U+FFFD, if any. Positions differ from those in the file, so the source is not seekable. */
export function replaceBadBytes(source: Source, onReplace: (count: number) => void): Source {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const piece = new Uint8Array(pieceBytes);
  let kept = 0;
  let ready: Uint8Array = new Uint8Array(0);
  let position = 0;
  let isAtEnd = false;
  let replaced = 0;
  const refill = async (): Promise<void> => {
    const count = await source.read(piece.subarray(kept));
    isAtEnd = count === 0;
    const to = kept + count;
    const end = isAtEnd ? to : wholeCharactersEnd(piece, 0, to);
    ready = repaired(piece.subarray(0, end));
    piece.copyWithin(0, end, to);
    kept = to - end;
  };
  const repaired = (bytes: Uint8Array): Uint8Array => {
    if (isUtf8(bytes)) return bytes.slice();
    const result = Buffer.from(decoder.decode(bytes));
    replaced += countOf(result) - countOf(Buffer.from(bytes));
    return result;
  };
  return {
    name: source.name,
    size: source.size,
    modifiedAt: source.modifiedAt,
    isSeekable: false,
    get position() {
      return position;
    },
    async read(into) {
      while (ready.length === 0 && !isAtEnd) await refill();
      const count = Math.min(into.length, ready.length);
      into.set(ready.subarray(0, count));
      ready = ready.subarray(count);
      position += count;
      return count;
    },
    async [Symbol.asyncDispose]() {
      if (replaced > 0) onReplace(replaced);
      await source[Symbol.asyncDispose]();
    },
  };
}

const replacement = Buffer.from("\uFFFD");

function countOf(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(replacement); at >= 0; at = bytes.indexOf(replacement, at + 3)) count++;
  return count;
}
