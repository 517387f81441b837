import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { BadBytes } from "./bad-bytes.ts";
import { decoderOf } from "./decoder.ts";
import { encodingOf } from "./encoding.ts";

/** Decodes in pieces of a size; each bad byte as `[0x..]`. */
function decode(bytes: Uint8Array, encoding: string, size: number): string {
  const bad = new BadBytes();
  const decoder = decoderOf(encoding, (offset, byte) => bad.add(offset, byte));
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(Buffer.from(decoder?.(bytes.subarray(at, at + size), false) ?? []));
  pieces.push(Buffer.from(decoder?.(new Uint8Array(0), true) ?? []));
  const text = Buffer.concat(pieces);
  let shown = "";
  for (let at = 0, from = 0; at <= text.length; at++) {
    if (at < text.length && text[at] !== 0xff) continue;
    shown += text.subarray(from, at).toString();
    if (at < text.length) shown += `[0x${bad.at(at)?.toString(16)}]`;
    from = at + 1;
  }
  return shown;
}

describe("a bad byte is known by its place in the text, whatever the pieces", () => {
  test.each([
    ["windows-1252", [0x61, 0x81, 0xe9, 0x8d], "a[0x81]é[0x8d]"],
    ["shift_jis", [0x82, 0xa0, 0x0a, 0x61, 0x82, 0x0a, 0x82, 0xa0, 0xfd, 0x62, 0x82], "あ\na[0x82]\nあ[0xfd]b[0x82]"],
    ["gb18030", [0x81, 0x30, 0x0a], "[0x81]0\n"],
    ["gb18030", [0xd6, 0xd0, 0xff, 0x2c, 0xb9, 0xfa, 0x0a, 0x81, 0x30, 0x0a], "中[0xff],国\n[0x81]0\n"],
    ["euc-kr", [0xb0, 0xa1, 0x2c, 0xb0, 0x20, 0x0a], "가,[0xb0] \n"],
    ["utf-16le", [0x61, 0, 0x00, 0xd8, 0x62, 0, 0x41, 0xdc, 0x63], "a[0x0]b[0x41][0x63]"],
  ])("%s", (encoding, bytes, expected) => {
    for (const size of [1, 2, 3, 5, 100]) expect(decode(Uint8Array.from(bytes), encoding, size), String(size)).toBe(expected);
  });
});

test("text in every old encoding is decoded as iconv decodes it", () => {
  const encodings: [string, string][] = [
    ["cp437", "cp437"],
    ["cp850", "cp850"],
    ["cp852", "cp852"],
    ["cp858", "cp858"],
    ["cp866", "cp866"],
    ["latin9", "iso8859-15"],
  ];
  for (const [name, iconvName] of encodings) {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(decode(bytes, encodingOf(name), 100), name).toBe(iconv.decode(Buffer.from(bytes), iconvName));
  }
});

test("any text comes back from a multi-byte encoding under any chunking", () => {
  const text = fc.string({ unit: fc.constantFrom("a", ",", "\n", "あ", "漢", "字", "ア", "。") });
  fc.assert(
    fc.property(text, fc.constantFrom("shift_jis", "euc-jp", "gb18030"), fc.integer({ min: 1, max: 7 }), (some, encoding, size) => {
      expect(decode(iconv.encode(some, encoding), encoding, size)).toBe(some);
    }),
    { numRuns: 200, seed: 5 },
  );
});

test.each([
  ["utf-8", "UTF8 utf_8 utf-8-sig ascii"],
  ["utf-16", "UTF-16 utf16"],
  ["iso-8859-1", "latin1 latin-1 ISO8859_1 l1 cp819"],
  ["iso-8859-15", "latin9 latin-9 l9 ISO-8859-15 iso8859_15"],
  ["iso-8859-2", "latin2 l2 iso8859-2"],
  ["windows-1252", "cp1252 windows1252 Windows-1252"],
  ["cp437", "cp437 IBM437 437"],
  ["cp850", "cp850 ibm850 cp_850"],
  ["cp852", "cp852"],
  ["cp858", "cp858 ibm858"],
  ["ibm866", "cp866 ibm866 866"],
  ["macintosh", "mac-roman macroman mac_roman macintosh"],
  ["shift_jis", "shift_jis sjis cp932 ms_kanji"],
  ["gbk", "gb2312 cp936 gbk gb_2312-80"],
  ["koi8-r", "koi8-r koi8_r"],
])("%s has the names %s", (encoding, names) => {
  for (const name of names.split(" ")) expect(encodingOf(name), name).toBe(encoding);
});

test("a name that is not known is an error", () => {
  expect(() => encodingOf("ebcdic")).toThrow(/"ebcdic" is not supported/);
});
