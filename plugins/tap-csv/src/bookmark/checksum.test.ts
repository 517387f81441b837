import fc from "fast-check";
import { expect, test } from "vitest";
import { Checksum } from "./checksum.ts";

function checksum(...pieces: readonly Uint8Array[]): string {
  const sum = new Checksum();
  for (const piece of pieces) sum.update(piece);
  return sum.digest();
}

const text = Buffer.alloc(300_000, "0123456789abcdefg");

test("is the same however the text is cut, and continues after a digest", () => {
  const cuts = fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 6 });
  fc.assert(
    fc.property(cuts, (places) => {
      const sum = new Checksum();
      const ends = [...places.toSorted((a, b) => a - b), text.length];
      ends.forEach((end, i) => {
        sum.update(text.subarray(ends[i - 1] ?? 0, end));
        expect(sum.digest()).toBe(checksum(text.subarray(0, end)));
      });
    }),
  );
});

test("differs for every other text: one byte changed, removed or inserted, blocks in another order", () => {
  const whole = checksum(text);
  const place = fc.integer({ min: 0, max: text.length - 1 });
  fc.assert(
    fc.property(place, fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(text);
      changed[at] = (changed[at] as number) ^ mask;
      expect(checksum(changed)).not.toBe(whole);
      expect(checksum(text.subarray(0, at))).not.toBe(whole);
      expect(checksum(text.subarray(0, at), Buffer.from([mask]), text.subarray(at))).not.toBe(whole);
    }),
  );
  const block = (i: number): Uint8Array => text.subarray(i * 65_536, (i + 1) * 65_536);
  expect(checksum(block(0), block(2), block(1))).not.toBe(checksum(block(0), block(1), block(2)));
});
