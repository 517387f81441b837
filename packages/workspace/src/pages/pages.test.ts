/** Every command block of the README, the tutorials and the how-tos runs as a reader would run it, apart from those listed here. */
import { expect, test } from "vitest";
import { blocks, pages, runWithClone } from "./documentation.ts";

test.for(pages)("%s", { timeout: 180_000 }, async (page) => {
  const { leftOut } = await runWithClone(page, ({ notRun, long }) => notRun !== undefined || long !== undefined);
  expect(leftOut.length).toBeLessThanOrEqual(blocks.filter((block) => block.page === page).length);
});

test("blocks that no test runs", () => {
  expect(blocks.flatMap(({ page, notRun }) => (notRun === undefined ? [] : [`${page}: ${notRun}`]))).toEqual([]);
});

test("blocks that only the long suite runs", () => {
  expect(blocks.flatMap(({ page, long }) => (long === undefined ? [] : [`${page}: ${long}`]))).toEqual([]);
});
