import { expect, test } from "vitest";
import { LineBatch } from "./line-batch.ts";

const run = (firstLine: number, text: string, receivedAt = "2026-01-01T00:00:00Z") =>
  ({ type: "RECORDS", stream: "s", bytes: Buffer.from(text), count: 1, firstLine, receivedAt }) as const;
const textOf = (batch: LineBatch): string => batch.runs.map(({ bytes }) => bytes.toString()).join("|");

test("lines are copied, and those that follow each other at one time are one run", () => {
  const batch = new LineBatch("s");
  const reused = run(1, "a\n");
  batch.add(reused);
  reused.bytes.fill(0);
  batch.add(run(2, "b\n"));
  batch.add(run(3, "c\n", "2026-01-01T00:00:01Z"));
  expect(textOf(batch)).toBe("a\nb\n|c\n");
  expect(batch.runs.map(({ firstLine, count }) => [firstLine, count])).toEqual([
    [1, 2],
    [3, 1],
  ]);
});

test("a batch takes over another's lines, however long, and goes on after them", () => {
  const [batch, later] = [new LineBatch("s"), new LineBatch("s")];
  const long = `${"x".repeat(3 << 20)}\n`;
  batch.add(run(1, "a\n"));
  later.add(run(2, long));
  batch.append(later);
  batch.append(new LineBatch("s"));
  batch.add(run(3, "c\n"));
  expect(textOf(batch)).toBe(`a\n|${long}|c\n`);
});

test("the memory of a batch is used again once all who hold it released it", () => {
  const batch = new LineBatch("s");
  batch.add(run(1, "a\n"));
  const { buffer } = (batch.runs[0] as { bytes: Buffer }).bytes;
  const releases = [batch.hold(), batch.hold()];
  releases[0]?.();
  releases[0]?.();
  expect(batch.isReleased).toBe(false);
  releases[1]?.();
  expect(batch.isReleased).toBe(true);
  const next = new LineBatch("s");
  next.add(run(2, "b\n"));
  expect(next.runs[0]?.bytes.buffer).toBe(buffer);
});
