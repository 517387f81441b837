import type { Catalog } from "@tapline/protocol";
import { expect, test } from "vitest";
import { type StartStateOptions, startStateOf } from "./start-state.ts";

const kept = '{"bookmarks":{"items":{"id":9007199254740993},"orders":{"id":2}},"currently_syncing":null}';

function start(options: Partial<StartStateOptions> = {}) {
  return startStateOf({ kept, keptBy: "run-1", fullRefresh: false, overwrite: false, earlierTries: [], ...options });
}

test("a run continues from what is kept", () => {
  expect(start()).toEqual({ state: kept, startOver: false, isWhole: false });
});

test("a full refresh starts without it", () => {
  expect(start({ fullRefresh: true })).toEqual({ state: null, startOver: true, isWhole: true });
});

test("a full refresh of one stream leaves the others as they are, digit for digit", () => {
  expect(start({ fullRefresh: ["orders"] })).toEqual({
    state: '{"bookmarks":{"items":{"id":9007199254740993}},"currently_syncing":null}',
    startOver: ["orders"],
    isWhole: false,
  });
});

test("the second try of a full refresh continues from what the first one committed", () => {
  expect(start({ fullRefresh: true, earlierTries: ["run-1"] })).toEqual({ state: kept, startOver: false, isWhole: false });
  expect(start({ fullRefresh: ["orders"], earlierTries: ["run-1"] }).state).toBe(kept);
});

test("a stream without a bookmark is reported, with what may be meant", () => {
  expect(() => start({ fullRefresh: ["order"] })).toThrow(
    expect.objectContaining({ code: "stream_not_in_state", hint: "Did you mean orders?" }),
  );
});

test("a target that replaces its tables always gets whole streams", () => {
  expect(start({ overwrite: true }).state).toBeNull();
});

const streamOf = (id: string, stream: string, selected: boolean): object => ({
  tap_stream_id: id,
  stream,
  schema: { type: "object" },
  metadata: [{ breadcrumb: [], metadata: { selected } }],
});
const catalog = { streams: [streamOf("items", "items", false), streamOf("shop-orders", "orders", true)] } as unknown as Catalog;
const ofItems = '{"bookmarks":{"items":{"id":9007199254740993}},"currently_syncing":null}';

test("a full refresh of the selected streams keeps the bookmarks of the others", () => {
  expect(start({ fullRefresh: true, catalog })).toEqual({ state: ofItems, startOver: true, isWhole: true });
  expect(start({ overwrite: true, catalog })).toEqual({ state: ofItems, startOver: false, isWhole: true });
});

test.each<[string, Partial<StartStateOptions>]>([
  ["no other stream has a bookmark", { kept: '{"bookmarks":{"orders":{"id":2},"gone":{"id":3}}}' }],
  ["the state has another form", { kept: '{"lsn":1}' }],
  ["the catalog selects in another way", { catalog: { streams: catalog.streams.slice(0, 1) } }],
])("a full refresh starts without a state where %s", (_name, options) => {
  expect(start({ fullRefresh: true, catalog, ...options }).state).toBeNull();
});

test("a stream may start over under its id or its name, and without a bookmark if the tap has it", () => {
  expect(start({ fullRefresh: ["shop-orders"], catalog, lenient: true }).state).toBe(ofItems);
  expect(start({ kept: ofItems, fullRefresh: ["orders"], catalog, lenient: true }).state).toBe(ofItems);
  expect(() => start({ kept: '{"lsn":1}', fullRefresh: ["orders"], catalog, lenient: true })).toThrow(
    expect.objectContaining({ code: "stream_not_in_state", hint: expect.stringContaining("--full-refresh --replace") }),
  );
});
