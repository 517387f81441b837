import { expect, test } from "vitest";
import { decideClaims, type KnownCandidate, type Taker } from "./claim-rule.ts";
import type { Claim } from "./file-facts.ts";

const runner = { pid: 1, started: "x" };
const taker: Taker = {
  ...{ runId: "run-2", stateId: "dev:a-to-b", runner, now: "2026-11-30T10:00:00.000Z" },
  ...{ duplicates: "skip", alive: new Set<string>() },
};
const look = { size: 3, mtime: "1", inode: "1:1" };
const candidate = (more: Partial<KnownCandidate> = {}): KnownCandidate => ({
  ...{ ...look, path: "in/a.csv", streams: ["orders"], sha256: "s", newId: "new" },
  ...{ claim: undefined, content: undefined, since: [undefined], ...more },
});
const earlier: Claim = {
  ...{ ...look, id: "old", path: "in/a.csv", streams: ["orders"], sha256: "s", attempt: 1 },
  ...{ runId: "run-1", stateId: "dev:a-to-b", runner, claimedAt: "2026-11-29T10:00:00.000Z" },
};
const content = { id: "other", path: "in/b.csv", runId: "run-1", loadedAt: "2026-11-29T10:00:00.000Z" };
const decide = (more: Partial<KnownCandidate>, by: Partial<Taker> = {}) => decideClaims([candidate(more)], { ...taker, ...by })[0];

test.each<[string, Partial<KnownCandidate>, Partial<Taker>, unknown]>([
  ["a new file", {}, {}, { kind: "claimed", claim: { id: "new", attempt: 1, runId: "run-2" } }],
  ["the file of a run that is dead", { claim: earlier }, {}, { kind: "claimed", claim: { id: "old", attempt: 2, runId: "run-2" } }],
  ["the file of a run at work", { claim: earlier }, { alive: new Set(["run-1"]) }, { kind: "held", runId: "run-1" }],
  [
    "a file that changed since it was claimed",
    { claim: earlier, sha256: "t", mtime: "2" },
    {},
    { kind: "claimed", claim: { id: "new", follows: "old", attempt: 1 } },
  ],
  [
    "a file that failed and is back as it was",
    { claim: { ...earlier, hasFailed: true, inode: "1:9" } },
    {},
    { kind: "claimed", claim: { id: "old", attempt: 2 } },
  ],
  ["a content that was loaded", { content }, {}, { kind: "duplicate", claim: { end: { outcome: "duplicate", duplicateOf: "in/b.csv" } } }],
  ["the same, where it may be loaded again", { content }, { duplicates: "load" }, { kind: "claimed" }],
  [
    "a content that was loaded before the stream began anew",
    { content, since: [{ at: "2026-11-30T09:00:00.000Z", runId: "run-2" }] },
    {},
    { kind: "claimed" },
  ],
])("%s", (_, given, by, expected) => {
  expect(decide(given, by)).toMatchObject(expected as object);
});

test("of two files with one content, the first is taken and the other waits for it", () => {
  const [first, second] = decideClaims([candidate(), candidate({ path: "in/b.csv" })], taker);
  expect([first?.kind, second]).toEqual(["claimed", { kind: "twin", path: "in/a.csv" }]);
});

test("the rule gives the same claim when it is asked again after its own write", () => {
  const [first] = decideClaims([candidate()], taker);
  const claim = first?.kind === "claimed" ? first.claim : undefined;
  expect(decide({ claim, newId: "another" })).toEqual(first);
});
