import type { Catalog } from "@tapline/protocol";
import { expect, test } from "vitest";
import { continuesOf, replacedStreams } from "./continues.ts";

const streamOf = (id: string, stream: string, selected = true): object => ({
  tap_stream_id: id,
  stream,
  schema: { type: "object" },
  metadata: [{ breadcrumb: [], metadata: { selected } }],
});
const catalog = {
  streams: [streamOf("orders", "orders"), streamOf("public-items", "items"), streamOf("old", "old", false), streamOf("whole", "whole")],
} as unknown as Catalog;
const state = JSON.stringify({ bookmarks: { orders: { id: 1 }, "public-items": { id: 1 }, old: { id: 1 }, whole: { version: 7 } } });
const base = { lastCommit: "run-1", state, isWhole: false, overwrite: false, catalog, mapped: false };

test.each<[string, Partial<Parameters<typeof continuesOf>[0]>, unknown]>([
  ["the selected streams that have a bookmark", {}, ["orders", "items"]],
  ["any, where a mapper may rename them", { mapped: true }, null],
  ["any, where the state has another form", { state: '{"lsn":1}' }, null],
  ["none, where nothing has a bookmark", { state: '{"bookmarks":{"orders":{},"items":null}}', catalog: undefined }, []],
  ["none, where the target replaces its tables", { state: null, isWhole: true, overwrite: true }, []],
  ["none, where it reads its streams from their beginning and keeps bookmarks of others", { isWhole: true, mapped: true }, []],
])("a run continues %s", (_name, options, streams) => {
  expect(continuesOf({ ...base, ...options })).toEqual({ run_id: "run-1", streams });
});

test("a run continues any stream where the tap's streams are not known, most likely those with a bookmark", () => {
  const continues = continuesOf({ ...base, catalog: undefined });
  expect(continues).toMatchObject({ run_id: "run-1", streams: null, bookmarks: expect.arrayContaining(["orders"]) });
});

test("nothing is compared without a known commit, or where the run starts from no state", () => {
  expect(continuesOf({ ...base, lastCommit: undefined })).toBeUndefined();
  expect(continuesOf({ ...base, state: null })).toBeUndefined();
});

test("a table is replaced under the target's name, and not again once its replacement has a bookmark", () => {
  expect(replacedStreams(["orders", "public-items"], null, catalog)).toEqual(["orders", "items"]);
  expect(replacedStreams(["orders", "public-items"], '{"bookmarks":{"orders":{"id":9}}}', catalog)).toEqual(["items"]);
});
