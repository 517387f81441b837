import { expect, test } from "vitest";
import { copyBytes } from "./text-bytes.ts";

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
