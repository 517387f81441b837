import { expect, test } from "vitest";
import { type StartStateOptions, startStateOf } from "./start-state.ts";

const kept = '{"bookmarks":{"items":{"id":9007199254740993},"orders":{"id":2}},"currently_syncing":null}';

function start(options: Partial<StartStateOptions> = {}) {
  return startStateOf({ kept, keptBy: "run-1", fullRefresh: false, overwrite: false, earlierTries: [], ...options });
}

test("a run continues from what is kept", () => {
  expect(start()).toEqual({ state: kept, startOver: false });
});

test("a full refresh starts without it", () => {
  expect(start({ fullRefresh: true })).toEqual({ state: null, startOver: true });
});

test("a full refresh of one stream leaves the others as they are, digit for digit", () => {
  expect(start({ fullRefresh: ["orders"] })).toEqual({
    state: '{"bookmarks":{"items":{"id":9007199254740993}},"currently_syncing":null}',
    startOver: ["orders"],
  });
});

test("the second try of a full refresh continues from what the first one committed", () => {
  expect(start({ fullRefresh: true, earlierTries: ["run-1"] })).toEqual({ state: kept, startOver: false });
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
