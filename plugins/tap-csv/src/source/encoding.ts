/** Names of encodings, and streaming decoders to UTF-8. An invalid byte becomes 0xFF, which never occurs in UTF-8 text. */
import type { Position } from "@tapline/sdk";
import { errors } from "../errors.ts";

/** Decodes the next bytes to UTF-8; `isEnd` is true for the last ones. The result is valid until the next call. */
export type Decoder = (bytes: Uint8Array, isEnd: boolean) => Uint8Array;

/** Returns one name for all the names that Python, iconv and the web have for an encoding. @throws encoding_unknown */
export function encodingOf(name: string, position: Position = {}): string {
  const label = name.trim().toLowerCase().replaceAll("_", "-");
  const plain = aliases.find(([pattern]) => pattern.test(label));
  const known = plain === undefined ? label : label.replace(...plain);
  if (builtIn.has(known)) return known;
  try {
    const { encoding } = new TextDecoder(known);
    // TextDecoder takes Latin-1 for windows-1252 and UTF-16 for UTF-16LE; `builtIn` and `aliases` catch these first.
    return encoding;
  } catch (error) {
    throw errors.encoding_unknown({ encoding: name }, position, error);
  }
}

/** Undefined for UTF-8, which needs no decoder. `encoding`: a result of `encodingOf`. */
export function decoderOf(encoding: string): Decoder | undefined {
  if (encoding === "utf-8") return;
  if (encoding.startsWith("utf-16")) return utf16Decoder(encoding === "utf-16" ? undefined : encoding === "utf-16le");
  return isSingleByte(encoding) ? singleByteDecoder(encoding) : multiByteDecoder(encoding);
}

/** Names that TextDecoder does not know or understands differently; in Python and iconv, Latin-1 is not windows-1252. */
const builtIn = new Set(["utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1"]);

const aliases: readonly (readonly [RegExp, string])[] = [
  [/^(utf-?8(-sig)?|ascii|us-ascii)$/, "utf-8"],
  [/^utf-?16$/, "utf-16"],
  [/^utf-?16-?(le|be)$/, "utf-16$1"],
  [/^(latin-?1|l1|iso-?8859-?1|8859-1|cp819)$/, "iso-8859-1"],
  [/^iso-?8859-?(\d+)$/, "iso-8859-$1"],
  [/^(?:cp|windows-?)(125\d|874)$/, "windows-$1"],
  [/^(mac-?roman|macroman)$/, "macintosh"],
  [/^(cp932|shift-?jis|sjis)$/, "shift_jis"],
  [/^(cp936|gb2312)$/, "gbk"],
  [/^(cp949|uhc)$/, "euc-kr"],
  [/^cp950$/, "big5"],
];

const isSingleByte = (encoding: string): boolean => /^(iso-8859-|windows-|koi8-|macintosh|x-mac-|ibm)/.test(encoding);

function singleByteDecoder(encoding: string): Decoder {
  const table = Array.from({ length: 256 }, (_, byte) => utf8OfByte(encoding, byte));
  const longest = Math.max(...table.map((bytes) => bytes.length));
  let out = new Uint8Array(0);
  return (bytes) => {
    if (out.length < bytes.length * longest) out = new Uint8Array(bytes.length * longest);
    let to = 0;
    for (const byte of bytes) {
      if (byte < 0x80) out[to++] = byte;
      else for (const part of table[byte] as Uint8Array) out[to++] = part;
    }
    return out.subarray(0, to);
  };
}

const bad = Uint8Array.of(0xff);

function utf8OfByte(encoding: string, byte: number): Uint8Array {
  if (encoding === "iso-8859-1") return Buffer.from(String.fromCharCode(byte));
  const text = new TextDecoder(encoding).decode(Uint8Array.of(byte));
  // TextDecoder turns the bytes that Windows code pages leave undefined into control characters.
  const isUndefined = byte >= 0x80 && encoding.startsWith("windows-") && /[\u0080-\u009f]/.test(text);
  return isUndefined || text === "\uFFFD" ? bad : Buffer.from(text);
}

/** `isLittle` undefined: decided by the byte order mark; little-endian without one, as Windows writes it. */
function utf16Decoder(isLittle: boolean | undefined): Decoder {
  let order = isLittle;
  let held: number[] = [];
  let high = 0;
  let out = new Uint8Array(0);
  return (bytes, isEnd) => {
    if (out.length < (bytes.length + held.length) * 2 + 8) out = new Uint8Array((bytes.length + held.length) * 2 + 8);
    const all = held.length === 0 ? bytes : Uint8Array.of(...held, ...bytes);
    const whole = all.length & ~1;
    let to = 0;
    if (order === undefined && all.length >= 2) order = !(all[0] === 0xfe && all[1] === 0xff);
    const [low, up] = order === false ? [1, 0] : [0, 1];
    for (let at = 0; at < whole; at += 2) {
      const unit = (all[at + low] as number) | ((all[at + up] as number) << 8);
      if (high !== 0) {
        if (unit >= 0xdc00 && unit < 0xe000) {
          to = putCodePoint(out, to, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
          high = 0;
          continue;
        }
        out[to++] = 0xff;
        high = 0;
      }
      if (unit < 0x80) out[to++] = unit;
      else if (unit >= 0xd800 && unit < 0xdc00) high = unit;
      else if (unit >= 0xdc00 && unit < 0xe000) out[to++] = 0xff;
      else to = putCodePoint(out, to, unit);
    }
    held = [...all.subarray(whole)];
    if (isEnd && high !== 0) out[to++] = 0xff;
    if (isEnd && held.length > 0) out[to++] = 0xff;
    return out.subarray(0, to);
  };
}

function putCodePoint(out: Uint8Array, at: number, code: number): number {
  let to = at;
  if (code < 0x800) out[to++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) out[to++] = 0xe0 | (code >> 12);
    else {
      out[to++] = 0xf0 | (code >> 18);
      out[to++] = 0x80 | ((code >> 12) & 0x3f);
    }
    out[to++] = 0x80 | ((code >> 6) & 0x3f);
  }
  out[to++] = 0x80 | (code & 0x3f);
  return to;
}

/** TextDecoder replaces invalid bytes with U+FFFD, which these encodings do not contain (except GB 18030). */
function multiByteDecoder(encoding: string): Decoder {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (bytes, isEnd) => {
    const text = Buffer.from(decoder.decode(bytes, { stream: !isEnd }));
    let to = 0;
    for (let at = 0; at < text.length; at++) {
      const isBad = text[at] === 0xef && text[at + 1] === 0xbf && text[at + 2] === 0xbd;
      text[to++] = isBad ? 0xff : (text[at] as number);
      if (isBad) at += 2;
    }
    return text.subarray(0, to);
  };
}
