import fc from "fast-check";
import { expect, test } from "vitest";
import { PacketFrames } from "./packets.ts";

const packet = (payload: Buffer): Buffer => {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  return Buffer.concat([header, payload]);
};

function payloads(chunks: readonly Buffer[]): string[] {
  const frames = new PacketFrames();
  const found: string[] = [];
  for (const chunk of chunks) {
    frames.feed(chunk);
    while (frames.next()) found.push(frames.bytes.toString("hex", frames.start, frames.end));
  }
  return found;
}

test("packets are found in any chunking", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), fc.array(fc.nat(300)), (list, cuts) => {
      const bytes = Buffer.concat(list.map((one) => packet(Buffer.from(one))));
      const places = [...cuts.filter((cut) => cut < bytes.length), 0, bytes.length].sort((a, b) => a - b);
      const chunks = places.slice(1).map((place, i) => Buffer.from(bytes.subarray(places[i], place)));
      expect(payloads(chunks)).toEqual(list.map((one) => Buffer.from(one).toString("hex")));
    }),
  );
});

test("a payload of 2^24 - 1 bytes goes on in the next packet, which may be empty", () => {
  const full = Buffer.alloc(0xff_ffff, 7);
  const stream = Buffer.concat([packet(full), packet(Buffer.from("ab")), packet(full), packet(Buffer.alloc(0)), packet(Buffer.from("c"))]);
  const chunks = Array.from({ length: Math.ceil(stream.length / 65_536) }, (_, i) => stream.subarray(i * 65_536, (i + 1) * 65_536));
  expect(payloads(chunks).map(({ length }) => length / 2)).toEqual([0xff_ffff + 2, 0xff_ffff, 1]);
});
