import { expect, test } from "vitest";
import { bookmarkOf, readState, withBookmark } from "./state.ts";

test.each([null, undefined, 3, "2024-01-01", ["a"]])("a bookmark %j is as good as none", (bookmark) => {
  const state = readState({ bookmarks: { t: bookmark, u: { n: 1 } }, other: 2 });
  expect(bookmarkOf(state, "t")).toEqual({});
  expect(bookmarkOf(state, "u")).toEqual({ n: 1 });
  expect(withBookmark(state, "t", { n: 2 })).toEqual({ bookmarks: { t: { n: 2 }, u: { n: 1 } }, other: 2 });
});

test("a stream called like a method of objects has no bookmark until it gets one", () => {
  expect(bookmarkOf(readState({ bookmarks: {} }), "constructor")).toEqual({});
  expect(bookmarkOf(readState({}), "toString")).toEqual({});
});

test("a saved STATE message is taken for its value", () => {
  expect(readState({ type: "STATE", value: { bookmarks: { t: { n: 1 } } } })).toEqual({ bookmarks: { t: { n: 1 } } });
});

test.each([null, 3, "x", [], { bookmarks: 1 }, { bookmarks: null }])("%j is not a state", (value) => {
  expect(() => readState(value)).toThrow(expect.objectContaining({ code: "state_invalid", class: "config" }));
});
