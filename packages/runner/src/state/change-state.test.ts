import { expect, test } from "vitest";
import { mergeStates, normalizeState, stateBefore, withoutStreams } from "./change-state.ts";
import type { PastRun } from "./store.ts";

test("states are merged stream by stream, digit for digit", () => {
  const merged = mergeStates(
    '{"bookmarks":{"a":{"id":12345678901234567891},"b":{"id":1,"extra":true}},"currently_syncing":"a"}',
    '{"bookmarks":{"b":{"id":2},"c":{}},"currently_syncing":null}',
  );
  expect(merged).toBe('{"bookmarks":{"a":{"id":12345678901234567891},"b":{"id":2},"c":{}},"currently_syncing":null}');
});

test("a state without bookmarks replaces the whole, and anything replaces nothing", () => {
  expect(mergeStates('{"bookmarks":{"a":{}}}', '{"lsn":12}')).toBe('{"lsn":12}');
  expect(mergeStates(null, '{"bookmarks":{}}')).toBe('{"bookmarks":{}}');
  expect(mergeStates('{"lsn":12}', '{"bookmarks":{"a":{}}}')).toBe('{"lsn":12,"bookmarks":{"a":{}}}');
});

test("streams are taken out of a state; one that is not in it is reported", () => {
  expect(withoutStreams('{"bookmarks":{"a":{"id":12345678901234567891},"b":{}},"x":1}', ["b"])).toBe(
    '{"bookmarks":{"a":{"id":12345678901234567891}},"x":1}',
  );
  const refused = { code: "stream_not_in_state", hint: "Did you mean orders?" };
  expect(() => withoutStreams('{"bookmarks":{"orders":{}}}', ["order"])).toThrow(expect.objectContaining(refused));
  expect(() => withoutStreams('{"lsn":1}', ["a"])).toThrow(expect.objectContaining({ code: "stream_not_in_state" }));
});

test("a state is taken as it is, from a STATE message and from Meltano", () => {
  const state = { bookmarks: { a: { id: 1 } } };
  for (const each of [state, { type: "STATE", value: state }, { singer_state: state }])
    expect(normalizeState(each)).toBe(JSON.stringify(state));
  expect(normalizeState({ singer_state: 1, mine: 2 })).toBe('{"singer_state":1,"mine":2}');
  expect(() => normalizeState([])).toThrow(expect.objectContaining({ code: "state_invalid" }));
});

test("going back finds the last state that was another one, also after runs that changed nothing", () => {
  const run = (runId: string, before: string | null, after: string | null) => ({ runId, before, after }) as PastRun;
  const history = [run("r4", "B", null), run("r3", "B", "B"), run("r2", "A", "B"), run("r1", null, "A")];
  expect(stateBefore(history, "B")).toMatchObject({ value: "A", run: { runId: "r2" } });
  expect(stateBefore(history, "C")).toMatchObject({ value: "B", run: { runId: "r4" } });
  expect(stateBefore([run("r1", null, "A")], "A")).toMatchObject({ value: null });
  expect(stateBefore([run("r1", "A", "A")], "A")).toBeUndefined();
});
