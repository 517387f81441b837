/** Streaming decoders to UTF-8. An invalid byte becomes 0xFF, which never occurs in UTF-8 text. */
import { codePages } from "./code-pages.ts";
import type { Decoder, OnBad } from "./decoder-types.ts";
import { multiByteDecoder } from "./multi-byte-decoder.ts";
import { utf16Decoder } from "./utf16-decoder.ts";

/** Undefined for UTF-8, which needs no decoder. `encoding`: a result of `encodingOf`. */
export function decoderOf(encoding: string, onBad: OnBad = () => {}): Decoder | undefined {
  if (encoding === "utf-8") return;
  if (encoding.startsWith("utf-16")) return utf16Decoder(encoding === "utf-16" ? undefined : encoding === "utf-16le", onBad);
  return isSingleByte(encoding) ? singleByteDecoder(encoding, onBad) : multiByteDecoder(encoding, onBad);
}

export const isSingleByte = (encoding: string): boolean => /^(iso-8859-|windows-|koi8-|macintosh|x-mac-|x-user|ibm|cp)/.test(encoding);

function singleByteDecoder(encoding: string, onBad: OnBad): Decoder {
  const table = charactersOf(encoding).map((character) => (character === undefined ? bad : Buffer.from(character)));
  const longest = Math.max(...table.map((bytes) => bytes.length));
  let written = 0;
  let out = new Uint8Array(0);
  return (bytes) => {
    if (out.length < bytes.length * longest) out = new Uint8Array(bytes.length * longest);
    let to = 0;
    for (const byte of bytes) {
      if (byte < 0x80) out[to++] = byte;
      else {
        const character = table[byte] as Uint8Array;
        if (character === bad) onBad(written + to, byte);
        for (const part of character) out[to++] = part;
      }
    }
    written += to;
    return out.subarray(0, to);
  };
}

const bad = Uint8Array.of(0xff);

/** The character of each of the 256 bytes of a single-byte encoding; undefined where it has none. */
export function charactersOf(encoding: string): (string | undefined)[] {
  const ascii = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte));
  return [...ascii, ...upperHalfOf(encoding)];
}

function upperHalfOf(encoding: string): readonly (string | undefined)[] {
  const known = codePages[encoding];
  if (known !== undefined) return Array.from({ length: 128 }, (_, i) => known[i]);
  const bytes = Uint8Array.from({ length: 128 }, (_, i) => i + 128);
  if (encoding === "iso-8859-1") return [...Buffer.from(bytes).toString("latin1")];
  return [...new TextDecoder(encoding).decode(bytes)].map((character) => {
    // TextDecoder makes control characters of the bytes that are unassigned in Windows' code pages.
    const isUnassigned = encoding.startsWith("windows-") && /[\u0080-\u009f]/.test(character);
    return isUnassigned || character === "\uFFFD" ? undefined : character;
  });
}
