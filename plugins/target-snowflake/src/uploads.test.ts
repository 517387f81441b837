import { expect, test } from "vitest";
import { boundedUploads } from "./uploads.ts";

test("so many files are under way at a time and no more, and done waits for all of them", async () => {
  const uploads = boundedUploads(3);
  const open: (() => void)[] = [];
  let [most, running, ended] = [0, 0, 0];
  const upload = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => open.push(resolve));
    running--;
    ended++;
  };
  const started = (async () => {
    for (let file = 0; file < 8; file++) await uploads.start(upload);
  })();
  for (; ended < 8; await new Promise(setImmediate)) open.shift()?.();
  await started;
  await uploads.done();
  expect([most, ended]).toEqual([3, 8]);
});

test("the first failure stops the next file and is thrown again at the end", async () => {
  const uploads = boundedUploads(1);
  await uploads.start(async () => {
    throw new Error("no room");
  });
  await expect(uploads.start(async () => {})).rejects.toThrow("no room");
  await expect(uploads.done()).rejects.toThrow("no room");
});
