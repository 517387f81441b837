/** Sources that compute a checksum while they are read, and that resume where an earlier run stopped if the text before is unchanged. */
import { fill } from "../source/bytes.ts";
import type { Source } from "../source/source.ts";
import { Checksum } from "./checksum.ts";

export interface TrackedSource extends Source {
  /** The checksum, and the count of bytes that it covers: all bytes returned so far and those already read ahead. */
  checksum(): { checked: number; checksum: string };
  /** Whether there is text after the part that an earlier run read. */
  readonly hasMore: boolean;
}

export function trackSource(source: Source): TrackedSource {
  return tracked(source, new Checksum(), 0, new Uint8Array(0), true);
}

export interface ReadSoFar {
  /** Where to resume, and how many bytes the checksum covers. */
  offset: number;
  checked: number;
  checksum: string;
}

/**
 * Resumes at `offset`. Otherwise closes the source and returns why it can't: "text" when the text before changed, "last row" when the
 * only change is that the last row of that text now goes on. The text before is read again to check it, which is as fast as the
 * disk, but it is not parsed.
 */
export async function resumeSource(source: Source, { offset, checked, checksum }: ReadSoFar): Promise<TrackedSource | "text" | "last row"> {
  const sum = new Checksum();
  let isLonger = false;
  try {
    const withoutEnd = Math.max(0, offset - 2);
    let last = await sumBytes(source, sum, withoutEnd);
    for (let at = withoutEnd; at < offset && last !== undefined; at++) {
      const wasLineBreak = checked === offset && sum.digestWith(at === offset - 1 ? lf : crlf) === checksum;
      last = await sumBytes(source, sum, 1);
      isLonger ||= wasLineBreak && last !== undefined && !isLineEnd(last);
    }
    const ahead = new Uint8Array(checked - offset + 1);
    const count = last === undefined ? 0 : await fill(source, ahead);
    sum.update(ahead.subarray(0, Math.min(count, checked - offset)));
    const isSame = last !== undefined && count >= checked - offset && sum.digest() === checksum;
    if (isSame && (offset < checked || count === 0 || offset === 0 || isLineEnd(last as number) || isLineEnd(ahead[0] as number))) {
      const next = ahead.subarray(0, count);
      if (count > checked - offset) sum.update(ahead.subarray(count - 1, count));
      return tracked(source, sum, offset, next, next.length > 0);
    }
    isLonger ||= isSame;
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
  await source[Symbol.asyncDispose]();
  return isLonger ? "last row" : "text";
}

const lf = Buffer.from("\n");
const crlf = Buffer.from("\r\n");

/** `ahead`: bytes already read and in the checksum, which come before the next bytes of the source. */
function tracked(source: Source, sum: Checksum, start: number, ahead: Uint8Array, hasMore: boolean): TrackedSource {
  let rest = ahead;
  let position = start;
  return {
    name: source.name,
    size: source.size,
    modifiedAt: source.modifiedAt,
    isSeekable: source.isSeekable,
    hasMore,
    get position() {
      return position;
    },
    checksum: () => ({ checked: position + rest.length, checksum: sum.digest() }),
    async read(into) {
      let count: number;
      if (rest.length > 0) {
        count = Math.min(rest.length, into.length);
        into.set(rest.subarray(0, count));
        rest = rest.subarray(count);
      } else {
        count = await source.read(into);
        sum.update(into.subarray(0, count));
      }
      position += count;
      return count;
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

const pieceBytes = 1024 * 1024;

/** Adds the first `length` bytes to the checksum and returns the last of them (0 for none); undefined when the source is shorter. */
async function sumBytes(source: Source, sum: Checksum, length: number): Promise<number | undefined> {
  const piece = new Uint8Array(Math.min(length, pieceBytes));
  let last = 0;
  for (let left = length; left > 0; ) {
    const count = await source.read(piece.subarray(0, Math.min(left, piece.length)));
    if (count === 0) return undefined;
    sum.update(piece.subarray(0, count));
    last = piece[count - 1] as number;
    left -= count;
  }
  return last;
}

const isLineEnd = (byte: number): boolean => byte === 0x0a || byte === 0x0d;
