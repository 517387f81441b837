import { expect, test } from "vitest";
import { discover } from "../src/catalog/discover.ts";
import { openProject } from "../src/project/project.ts";
import { makeProject } from "./fixture-project.ts";

const discoverIn = (folder: string): ReturnType<typeof discover> =>
  discover({ project: openProject(folder), tap: "tap-test", onEvent() {} });

test("the catalog is what the tap printed, and its config is gone after it", async () => {
  const project = makeProject();
  const found = await discoverIn(project.folder);
  expect(found).toEqual({ catalog: expect.stringContaining('"tap_stream_id":"items"') });
  expect(project.leftovers()).toEqual([]);
});

test("a tap that fails gives its last words", async () => {
  const found = await discoverIn(makeProject({ discover_fails: true }).folder);
  expect(found).toMatchObject({ failure: { plugin: "tap-test", message: expect.stringContaining("KeyError: 'columns'") } });
});

test("what is no catalog is refused", async () => {
  const found = await discoverIn(makeProject({ discover_prints: "hello" }).folder);
  expect(found).toMatchObject({ failure: { code: "catalog_unreadable" } });
});
