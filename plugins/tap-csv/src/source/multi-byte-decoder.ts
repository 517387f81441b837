/** East Asian encodings to UTF-8, by TextDecoder. */
import type { Decoder, OnBad } from "./decoder-types.ts";

const lineFeed = 0x0a;
const maxTailBytes = 64 * 1024;
const empty = new Uint8Array(0);
/** In Node 24, a call with one or two bytes throws when they complete an invalid sequence of GB 18030, so no call gets so few, the last one included. */
const heldBytes = 8;

/** TextDecoder replaces invalid bytes by U+FFFD, a character that these encodings do not have (except GB 18030). */
export function multiByteDecoder(encoding: string, onBad: OnBad): Decoder {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  /** The bytes after the last line feed: where decoding can start again to find out which byte is invalid. */
  let tail: Uint8Array = empty;
  let written = 0;
  let held: Uint8Array = empty;
  return (next, isEnd) => {
    const all = held.length === 0 ? next : Buffer.concat([held, next]);
    const bytes = isEnd ? all : all.subarray(0, Math.max(0, all.length - heldBytes));
    held = all.slice(bytes.length);
    if (bytes.length === 0 && !isEnd) return empty;
    const text = decoder.decode(bytes, { stream: !isEnd });
    const bad = text.includes("\uFFFD") ? badBytesIn(encoding, tail, bytes, isEnd) : [];
    tail = tailOf(tail, bytes);
    const result = Buffer.from(text);
    const to =
      bad.length === 0 && !text.includes("\uFFFD") ? result.length : markBad(result, (at, nth) => onBad(written + at, bad[nth] ?? 0));
    written += to;
    return result.subarray(0, to);
  };
}

/** Turns each U+FFFD into 0xFF, in place. Returns the new length. */
function markBad(text: Buffer, onMark: (at: number, nth: number) => void): number {
  let to = 0;
  let nth = 0;
  for (let at = 0; at < text.length; at++) {
    const isBad = text[at] === 0xef && text[at + 1] === 0xbf && text[at + 2] === 0xbd;
    if (isBad) {
      onMark(to, nth++);
      at += 2;
    }
    text[to++] = isBad ? 0xff : (text[at] as number);
  }
  return to;
}

/** The first byte of each invalid sequence: decodes the lines that have one again, byte by byte. */
function badBytesIn(encoding: string, tail: Uint8Array, bytes: Uint8Array, isEnd: boolean): number[] {
  const found: number[] = [];
  for (let from = 0; from < bytes.length || (isEnd && from === 0); ) {
    const feed = bytes.indexOf(lineFeed, from);
    const end = feed < 0 ? bytes.length : feed + 1;
    const line = bytes.subarray(from, end);
    const before = from === 0 ? tail : empty;
    if (before.length > 0 || new TextDecoder(encoding).decode(line).includes("\uFFFD")) {
      found.push(...badBytesOfLine(encoding, before, line, feed < 0 && isEnd));
    }
    from = Math.max(end, 1);
  }
  return found;
}

function badBytesOfLine(encoding: string, before: Uint8Array, line: Uint8Array, isEnd: boolean): number[] {
  let decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const found: number[] = [];
  let pending: number[] = [];
  const decode = (bytes: Uint8Array): void => {
    try {
      const text = decoder.decode(bytes, { stream: bytes.length > 0 });
      if (text === "") return;
      for (const character of text) if (character === "\uFFFD") found.push(pending.shift() ?? 0);
      pending = [];
    } catch {
      // See `heldBytes`. The first byte is invalid, and the others are read again.
      const [first = 0, ...others] = pending;
      found.push(first);
      decoder = new TextDecoder(encoding, { ignoreBOM: true });
      pending = [];
      for (const byte of others) take(byte);
    }
  };
  const take = (byte: number): void => {
    pending.push(byte);
    decode(Uint8Array.of(byte));
  };
  for (const byte of before) take(byte);
  const foundBefore = found.length;
  for (const byte of line) take(byte);
  if (isEnd) decode(empty);
  return found.slice(foundBefore);
}

function tailOf(tail: Uint8Array, bytes: Uint8Array): Uint8Array {
  const feed = bytes.lastIndexOf(lineFeed);
  if (feed >= 0) return bytes.slice(feed + 1);
  return tail.length + bytes.length > maxTailBytes ? empty : Buffer.concat([tail, bytes]);
}
