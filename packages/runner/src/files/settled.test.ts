import { expect, test } from "vitest";
import { type Look, pauseFor, whyUnsettled } from "./settled.ts";

const look = (more: Partial<Look> = {}): Look => ({
  ...{ size: 5, mtime: "1", inode: "1:1", ageMs: 60_000, isLink: false, hasMarker: undefined, ...more },
});
const settings = { archive: "archive" };

test.each<[string, Look, Look | undefined, string | undefined]>([
  ["old enough and unchanged", look(), look(), undefined],
  ["written a second ago", look({ ageMs: 1000 }), look(), "it was written 1.0 s ago, and min_age_seconds is 5"],
  ["larger than at the first look", look({ size: 9 }), look(), "it is being written"],
  ["another file under its name", look({ inode: "1:2" }), look(), "it is being written"],
  ["without a byte", look({ size: 0 }), look({ size: 0 }), "it is empty"],
  ["without a byte, and its marker is there", look({ size: 0, hasMarker: true }), undefined, undefined],
  ["its marker is missing", look({ hasMarker: false }), look(), "its marker"],
  ["a link", look({ isLink: true }), look(), "it is a link"],
  ["from the future, once", look({ ageMs: -5000 }), undefined, "its time is 5.0 s in the future"],
  ["from the future, and the same after the pause", look({ ageMs: -1 }), look({ ageMs: -5000 }), undefined],
])("a file that is %s", (_, now, before, why) => {
  const said = whyUnsettled(now, settings, before);
  if (why === undefined) expect(said).toBe(undefined);
  else expect(said).toContain(why);
});

test("a run waits for young files, for at least a moment, and not for the youngest at any price", () => {
  expect(pauseFor([look()], settings)).toBe(200);
  expect(pauseFor([look({ ageMs: 4000 }), look()], settings)).toBe(1020);
  expect(pauseFor([look({ ageMs: -9 })], settings)).toBe(5020);
  expect(pauseFor([look({ ageMs: 1 })], { ...settings, min_age_seconds: 3600 })).toBe(200);
  expect(pauseFor([look({ hasMarker: true })], settings)).toBe(0);
});
