/**
 * Pages of the documentation with commands that take long, such as installing dbt or a tap from the Python package index: every command block of these pages
 * runs from top to bottom as a reader would run it. `npm test` runs the other pages, and these without their long blocks.
 * Covers: README.md, docs/tutorials, docs/how-to, packages/cli/src, packages/runner/src, plugins/dbt/src, packages/workspace/src/pages, packages/workspace/long/docs.test.ts
 */
import { expect, test } from "vitest";
import { blocks, pages, runWithClone } from "../src/pages/documentation.ts";
import bars from "./docs.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

const longPages = pages.filter((page) => blocks.some((block) => block.page === page && block.long !== undefined));

test.for(longPages)("%s", async (page, { task }) => {
  const { ran, leftOut } = await runWithClone(page, ({ notRun }) => notRun !== undefined, bars.block_seconds * 1000);
  task.meta.result = { blocks_run: ran, blocks_left_out: leftOut.map(({ line, notRun }) => `line ${line}: ${notRun}`) };
  expect(ran).toBeGreaterThan(0);
});
