import { expect, test } from "vitest";
import type { Stream } from "./define.ts";
import { createReadMeter } from "./read-meter.ts";

const stream = (name: string, total: number | undefined): Stream => ({
  name,
  schema: {},
  read: () => [],
  totalBytes: () => Promise.resolve(total),
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("the bytes of all streams are added up, and a stream that ended counts whole", async () => {
  const reported: [number, number][] = [];
  const meter = createReadMeter([stream("a", 100), stream("b", 50)], (done, total) => reported.push([done, total]));
  meter.read("a", 10);
  await settled();
  meter.read("a", 60);
  meter.end("a");
  meter.read("b", 20);
  meter.end("b");
  expect(reported).toEqual([
    [60, 150],
    [100, 150],
    [120, 150],
    [150, 150],
  ]);
});

test.each([
  ["a total is not known", stream("b", undefined)],
  ["a total can't be found", { ...stream("b", 1), totalBytes: () => Promise.reject(new Error("gone")) }],
  ["a stream has none", { name: "b", schema: {}, read: () => [] }],
])("nothing is reported where %s", async (_name, other) => {
  const meter = createReadMeter([stream("a", 100), other], () => expect.unreachable());
  meter.read("a", 10);
  await settled();
  meter.end("a");
});

test("totals are asked for only when something is read", async () => {
  const meter = createReadMeter([{ ...stream("a", 1), totalBytes: () => expect.unreachable() }], () => expect.unreachable());
  meter.end("a");
  await settled();
});
