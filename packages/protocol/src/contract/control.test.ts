import fc from "fast-check";
import { expect, test } from "vitest";
import { controlFormOf, controlLine, controlReader, maxControlLineBytes, type ReceivedControlMessage, readCommitted } from "./control.ts";

function readInPieces(text: string, cuts: readonly number[], maxLineBytes?: number): ReceivedControlMessage[] {
  const read = controlReader(maxLineBytes);
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return ends.flatMap((end, index) => {
    // The buffer is reused, as a socket may do.
    const piece = Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end));
    const messages = read(piece);
    piece.fill(0);
    return messages;
  });
}

test("what is written is read, whatever the chunks", () => {
  const messages = fc.array(fc.record({ type: fc.string(), state: fc.jsonValue(), text: fc.string({ unit: "binary" }) }));
  fc.assert(
    fc.property(messages, fc.array(fc.nat()), (sent, cuts) => {
      const plain: ReceivedControlMessage[] = JSON.parse(JSON.stringify(sent));
      expect(readInPieces(sent.map((message) => controlLine(message)).join(""), cuts)).toEqual(plain);
    }),
  );
});

test("both spellings of whole are the same message, among lines that are no message", () => {
  const text = 'hello\n\n{"type":7}\n[1]\n{"type":"later","n":1}\nwhole\n{"type":"whole"}\nwhole';
  fc.assert(
    fc.property(fc.array(fc.nat()), (cuts) => {
      expect(readInPieces(text, cuts)).toEqual([{ type: "later", n: 1 }, { type: "whole" }, { type: "whole" }]);
    }),
  );
});

test("a line over the bound is skipped, and the next one is read", () => {
  const text = `${JSON.stringify({ type: "long", text: "x".repeat(100) })}\nwhole\n`;
  fc.assert(
    fc.property(fc.array(fc.nat()), (cuts) => {
      expect(readInPieces(text, cuts, 50)).toEqual([{ type: "whole" }]);
    }),
  );
});

test("a line of exactly the bound is read, and a longer one is refused by the writer", () => {
  const line = JSON.stringify({ type: "x" });
  expect(readInPieces(`${line}\n`, [], line.length)).toEqual([{ type: "x" }]);
  expect(readInPieces(`${line}\n`, [], line.length - 1)).toEqual([]);
  expect(() => controlLine({ type: "x", text: "y".repeat(maxControlLineBytes) })).toThrow(RangeError);
});

test.each([
  [["control-pipe"], "plain"],
  [["control-channel"], "channel"],
  [["control-pipe", "control-channel"], "channel"],
  [["about"], null],
  [undefined, null],
] as const)("capabilities %j: %s", (capabilities, form) => {
  expect(controlFormOf(capabilities === undefined ? null : { capabilities })).toBe(form);
});

test("a commit's counts are read; what is not a count is left out", () => {
  expect(readCommitted({ type: "committed", streams: { orders: 3, items: "3", other: 1.5 } })).toEqual({
    type: "committed",
    streams: { orders: 3 },
  });
  expect(readCommitted({ type: "committed" })).toBeUndefined();
  expect(readCommitted({ type: "whole", streams: {} })).toBeUndefined();
});
