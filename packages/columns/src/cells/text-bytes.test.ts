import fc from "fast-check";
import { expect, test } from "vitest";
import { copyBytes, copyUnescaped } from "./text-bytes.ts";

function viewed(bytes: Buffer) {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/** Bytes in the middle of a buffer, so that a read beyond them would not fail by itself. */
function bytesOf(length: number, first: number): Buffer {
  const all = Buffer.alloc(length + 16, 0xff);
  const bytes = all.subarray(8, 8 + length);
  for (let i = 0; i < length; i++) bytes[i] = (first + i) & 0x7f;
  return bytes;
}

const lengths = [...Array.from({ length: 18 }, (_, length) => length), 253, 254, 255, 256, 257, 1000];

test.each(lengths)("%i bytes are copied, however few follow in the source and in the target", (size) => {
  for (const from of [0, 1, 5]) {
    for (const after of [0, 1, 2, 3, 4, 9]) {
      for (const room of [0, 1, 2, 3, 4, 9]) {
        const source = bytesOf(from + size + after, 1);
        const target = bytesOf(3 + size + room, 64);
        const before = Buffer.from(target);
        copyBytes(viewed(source), from, size, viewed(target), 3);
        expect(target.subarray(0, 3)).toEqual(before.subarray(0, 3));
        expect(target.subarray(3, 3 + size)).toEqual(source.subarray(from, from + size));
        expect(target.subarray(3 + size + 3)).toEqual(before.subarray(3 + size + 3));
        expect(new Uint8Array(target.buffer, target.byteOffset + target.length, 8)).toEqual(new Uint8Array(8).fill(0xff));
      }
    }
  }
});

test("text with escapes means what JSON says, wherever they are and however little room follows", () => {
  const piece = fc.oneof(fc.string({ unit: "grapheme", maxLength: 9 }), fc.constantFrom('"', "\\", "\n", "/", "\u0001", "é", "😀"));
  const escaped = (text: string, isAscii: boolean): string => {
    const json = JSON.stringify(text).slice(1, -1);
    return isAscii ? json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`) : json;
  };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(5), fc.nat(5), fc.boolean(), (pieces, before, after, isAscii) => {
      const text = pieces.join("").toWellFormed();
      const json = Buffer.from(escaped(text, isAscii));
      const source = Buffer.concat([bytesOf(before, 1), json, bytesOf(after, 1)]);
      const wanted = Buffer.from(text);
      // A spelled character may be written beyond the room that its bytes need, never beyond the room of its escape.
      const target = Buffer.alloc(3 + json.length + after, 0xff);
      expect(copyUnescaped(viewed(source), before, before + json.length, viewed(target), 3)).toBe(wanted.length);
      expect(target.subarray(3, 3 + wanted.length)).toEqual(wanted);
      expect(target.subarray(0, 3)).toEqual(Buffer.alloc(3, 0xff));
    }),
    { numRuns: 2000 },
  );
});
