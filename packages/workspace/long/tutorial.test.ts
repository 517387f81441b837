/**
 * The tutorial of an API, word for word in a fresh folder with packages from a registry on this machine, in under ten minutes; and the way of a plugin's author
 * from `npm create` to a package that others find and add.
 * Covers: docs/tutorials/write-a-rest-tap.md, packages/create, packages/rest/src, packages/sdk/src, packages/testing/src, packages/cli/src, packages/runner/src/install, packages/workspace/src/publish, packages/workspace/src/pages, packages/workspace/verdaccio, packages/workspace/long/tutorial.test.ts
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInShell, runPage } from "../src/pages/run-page.ts";
import { type LocalRegistry, npmrcOf, startRegistry } from "../src/publish/local-registry.ts";
import { publishPacked } from "../src/publish/publish-packed.ts";
import { installNode, newReader, type Reader } from "../src/publish/reader.ts";
import { root } from "../src/repository.ts";
import bars from "./tutorial.bars.json" with { type: "json" };

declare module "vitest" {
  interface TaskMeta {
    result?: Record<string, unknown>;
  }
}

/** The mark of blocks that only a registry with our packages lets run. */
const unpublished = "the packages are not on the npm registry yet";
const page = "docs/tutorials/write-a-rest-tap.md";
const base = mkdtempSync(join(tmpdir(), "tutorial-"));
let registry: LocalRegistry;
let node: string;

beforeAll(async () => {
  mkdirSync(join(base, "registry"));
  registry = await startRegistry(join(base, "registry"));
  expect(publishPacked(registry, base)).toBeGreaterThan(20);
  node = installNode(base, bars.node);
});
afterAll(async () => {
  await registry?.stop();
  rmSync(base, { recursive: true, force: true });
});

test("the tutorial, from the first block to the last", async ({ task }) => {
  const reader = newReader(base, node, npmrcOf(registry));
  const startedAt = Date.now();
  const { ran, leftOut } = await runPage(page, readFileSync(join(root, page), "utf8"), {
    ...reader,
    isLeftOut: ({ notRun }) => notRun !== undefined && notRun !== unpublished,
    blockTimeoutMs: 10 * 60_000,
  });
  const seconds = (Date.now() - startedAt) / 1000;
  task.meta.result = { ran, left_out: leftOut.map(({ notRun }) => notRun), seconds: Math.round(seconds) };
  expect(ran).toBeGreaterThanOrEqual(3);
  expect(seconds).toBeLessThan(bars.most_seconds);
});

test("a plugin from npm create to npm publish: others find it and add it", async ({ task }) => {
  const author = newReader(base, node, npmrcOf(registry));
  const startedAt = Date.now();
  expect(await bash(author, "npm create --yes tapline@latest tap-tutorial -- --kind custom")).toContain(
    "created  tap-tutorial/src/tap-tutorial.ts",
  );
  expect(await bash(author, "cd tap-tutorial && npm install && npm test")).toContain("15 passed");
  expect(await bash(author, "cd tap-tutorial && npm start --silent -- --discover")).toContain('"tap_stream_id": "tutorial"');
  await bash(author, "cd tap-tutorial && npm publish");
  task.meta.result = { seconds: Math.round((Date.now() - startedAt) / 1000) };
  const other = newReader(base, node, npmrcOf(registry));
  await bash(other, "npm init -y && npm install tapline && npx tapline init");
  expect(await bash(other, "npx tapline search tutorial --only npm")).toContain("tapline add tap-tutorial");
  expect(await bash(other, "npx tapline add tap-tutorial && npx tapline list")).toMatch(/tap-tutorial +0\.1\.0/);
});

/** Runs commands as the reader. @throws Error with their output where they fail */
async function bash(reader: Reader, commands: string): Promise<string> {
  const { code, output } = await runInShell(commands, mkdtempSync(join(base, "shell-")), { ...reader, blockTimeoutMs: 20 * 60_000 });
  if (code !== 0) throw new Error(`${commands}\nended with ${code}:\n${output}`);
  return output;
}
