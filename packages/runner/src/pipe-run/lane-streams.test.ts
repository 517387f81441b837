/** Streams are dealt out in turn, and those of a log of changes as one. */
import type { Catalog, CatalogStream } from "@tapline/protocol";
import { expect, test } from "vitest";
import { countLanes, dealOut } from "./lane-streams.ts";

const stream = (name: string, method: CatalogStream["replication_method"] = "FULL_TABLE"): CatalogStream => ({
  tap_stream_id: name,
  stream: name,
  schema: {},
  key_properties: [],
  replication_method: method,
  metadata: [{ breadcrumb: [], metadata: { selected: name !== "deselected" } }],
});

const catalog: Catalog = {
  streams: [stream("a"), stream("log1", "LOG_BASED"), stream("deselected"), stream("b"), stream("log2", "LOG_BASED"), stream("c")],
};

const names = (count: number): string[][] => dealOut(catalog, count).map(({ streams }) => streams.map(({ stream: name }) => name));

test("in turn, with the streams of the log in one lane", () => {
  expect(names(2)).toEqual([
    ["a", "b"],
    ["log1", "log2", "c"],
  ]);
  expect(names(9)).toEqual([["a"], ["log1", "log2"], ["b"], ["c"]]);
  expect(countLanes(catalog, 9)).toBe(4);
});
