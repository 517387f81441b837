import { expect, test } from "vitest";
import { FilePool } from "./file-pool.ts";

const group = () => {
  let [done, fail] = [() => {}, (_: Error) => {}];
  const work = new Promise<void>((resolve, reject) => {
    [done, fail] = [resolve, reject];
  });
  return { work, done, fail };
};

test("more rows are taken as soon as one group is written, not only when all are; one that fails makes room too", async () => {
  const pool = new FilePool();
  const groups = [group(), group(), group()] as const;
  for (const { work } of groups) pool.compresses(work, 40 << 20);
  let hasRoom = false;
  const waiting = pool.hasRoom().then(() => {
    hasRoom = true;
  });
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  groups[1].done();
  await waiting;
  pool.compresses(group().work, 40 << 20);
  groups[0].fail(new Error("disk full"));
  await pool.hasRoom();
});
