import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cut, type Step } from "./cut.ts";
import { LineBatch } from "./line-batch.ts";

const run = (stream: string, line: number, bytes: number) =>
  ({ type: "RECORDS", stream, bytes: Buffer.alloc(bytes), count: 1, firstLine: line, receivedAt: "2026-01-01T00:00:00Z" }) as const;

/** What the steps hand over, by stream: input lines of rows, and of changes as negative numbers. */
function linesOf(steps: readonly Step[]): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  for (const step of steps) {
    const known = lines.get(step.stream) ?? [];
    lines.set(step.stream, known);
    if (step instanceof LineBatch)
      known.push(...step.runs.flatMap(({ firstLine, count }) => Array.from({ length: count }, (_, at) => firstLine + at)));
    else known.push(-step.byteLength);
  }
  return lines;
}

const message = fc.oneof(
  { weight: 8, arbitrary: fc.record({ stream: fc.constantFrom("a", "b", "c"), bytes: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ change: fc.constantFrom("a", "b", "c") }) },
  { weight: 1, arbitrary: fc.constant("STATE" as const) },
);

describe("the cut", () => {
  test("a commit at the last STATE is possible exactly while the rows after it fit the budget, and what it covers is right", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 150 }), fc.integer({ min: 20, max: 400 }), fc.boolean(), (messages, budget, commits) => {
        const cut = new Cut();
        const handedOver: Step[] = [];
        const sent: [stream: string, line: number][] = [];
        let hasState = false;
        let atState = 0;
        let bytesAfter = 0;
        let fits = true;
        for (const [line, each] of messages.entries()) {
          if (each === "STATE") {
            cut.mark(line);
            hasState = true;
            fits = true;
            bytesAfter = 0;
            atState = sent.length;
          } else if ("change" in each) {
            // Its length is a number that no other change has, so that it can be found again.
            const byteLength = line + 1;
            cut.change({ stream: each.change, byteLength, apply: async () => {} });
            sent.push([each.change, -byteLength]);
            bytesAfter += byteLength;
          } else {
            cut.add(run(each.stream, line, each.bytes));
            sent.push([each.stream, line]);
            bytesAfter += each.bytes;
          }
          while (cut.byteLength > budget) handedOver.push(...cut.takeLargest());
          if (bytesAfter > budget) fits = false;
          expect(cut.canCommit).toBe(hasState && fits);
          if (!commits || !cut.canCommit || line % 7 > 0) continue;
          handedOver.push(...cut.takeCommit().steps);
          hasState = false;
          expectAll(handedOver, sent.slice(0, atState));
        }
        handedOver.push(...cut.takeAll().steps);
        expect(cut.byteLength).toBe(0);
        expectAll(handedOver, sent);
      }),
      { numRuns: 500 },
    );
  });

  test("rows before the last STATE are handed over first, though a later batch is larger", () => {
    const cut = new Cut();
    cut.add(run("a", 1, 10));
    cut.mark(1);
    cut.add(run("a", 2, 90));
    cut.add(run("b", 3, 100));
    expect([...linesOf(cut.takeLargest())]).toEqual([["a", [1]]]);
    expect(cut.canCommit).toBe(true);
    expect([...linesOf(cut.takeLargest())]).toEqual([["b", [3]]]);
    expect(cut.canCommit).toBe(false);
  });
});

function expectAll(steps: readonly Step[], sent: readonly [string, number][]): void {
  const expected = new Map<string, number[]>();
  for (const [stream, line] of sent) expected.set(stream, [...(expected.get(stream) ?? []), line]);
  expect(new Map([...linesOf(steps)].sort())).toEqual(new Map([...expected].sort()));
}
