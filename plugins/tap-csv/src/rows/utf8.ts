/** Finds invalid UTF-8. `isUtf8` checks a megabyte in microseconds; bytes are checked one by one only after it fails. */
import { isUtf8 } from "node:buffer";

const blockBytes = 1024;

/** Position of the first byte in [from, to) that is not valid UTF-8, or -1. A character cut off at `to` is not valid. */
export function invalidUtf8At(bytes: Uint8Array, from: number, to: number): number {
  if (isUtf8(bytes.subarray(from, to))) return -1;
  let at = from;
  // The bad byte may be far away, so check whole blocks first.
  for (let end = at; ; at = end) {
    end = wholeCharactersEnd(bytes, at, Math.min(at + blockBytes, to));
    if (end === at || !isUtf8(bytes.subarray(at, end))) break;
  }
  for (;;) {
    const length = characterLength(bytes, at);
    if (at + length > to || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
}

/** The end of the last complete character in [from, to); the next bytes may complete what follows it. */
export function wholeCharactersEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = to - 1; at >= from && at >= to - 3; at--) {
    const byte = bytes[at] as number;
    if (byte < 0x80) return to;
    if (byte >= 0xc0) return at + characterLength(bytes, at) > to ? at : to;
  }
  return to;
}

function characterLength(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] as number;
  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
