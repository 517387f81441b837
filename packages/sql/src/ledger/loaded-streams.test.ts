import { expect, test } from "vitest";
import { nothingLoaded, readLoadedStreams, withCommit, writeLoadedStreams } from "./loaded-streams.ts";

const one = { inserted: 1, updated: 0, superseded: 0, deleted: 0 };

test("counts add up over commits, also of streams with odd names; streams without rows are listed", () => {
  const names = ["version", "streams", "gap", "__proto__", ""];
  const counts = new Map(names.map((name) => [name, { inserted: 1, updated: 0, superseded: 0 }]));
  const once = withCommit(nothingLoaded, counts, [...names, "empty"]);
  const twice = withCommit(readLoadedStreams(writeLoadedStreams({ ...once, gap: "run" })), counts, []);
  expect(readLoadedStreams(writeLoadedStreams(twice))).toEqual(twice);
  expect(twice.gap).toBe("run");
  expect([...twice.streams]).toEqual([...names.map((name) => [name, { ...one, inserted: 2 }]), ["empty", { ...one, inserted: 0 }]]);
});

test.each<[string | null, string[]]>([
  [null, []],
  ["", []],
  ["no JSON", []],
  ["[1]", []],
  ['{"version":2}', []],
  [JSON.stringify({ a: one, streams: one }), ["a", "streams"]],
])("%j, as an older version or another program wrote it, has the streams %j", (text, streams) => {
  const read = readLoadedStreams(text);
  expect([...read.streams.keys()]).toEqual(streams);
  for (const totals of read.streams.values()) expect(totals).toEqual(one);
});
