import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteBackend } from "../state/sqlite-store.ts";
import { deliver, type NoticeRecord } from "./deliver.ts";
import type { Notice, Outcome } from "./notice.ts";

const notice: Notice = {
  ...{ id: "20260131T101500Z/run/x", event: "failure", job: "shop", environment: "prod", runId: "x", at: "2026-01-31T10:15:00.000Z" },
  ...{ title: "Failed", problems: [], warnings: [], loaded: [], command: null, link: null },
};

function facts() {
  const folder = mkdtempSync(join(tmpdir(), "tapline-notices-"));
  const backend = openSqliteBackend(folder);
  onTestFinished(async () => {
    await backend[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return backend.facts;
}

/** Answers one after the other, and counts what was sent. */
function channel(...outcomes: Outcome[]) {
  let sent = 0;
  return { name: "team", send: async () => outcomes[sent++] ?? { kind: "sent" as const }, count: () => sent };
}

const waits: number[] = [];
const options = { waitsMs: [1, 2], wait: async (ms: number) => void waits.push(ms) };
const refused: Outcome = { kind: "refused", reason: "no" };

test("a refusal is tried again after growing waits, and then known to everybody", async () => {
  const store = facts();
  const team = channel(refused, refused, { kind: "sent" });
  expect(await deliver(notice, team, { facts: store, ...options })).toMatchObject({ outcome: "sent" });
  expect(waits.splice(0)).toEqual([1, 2]);
  expect(await deliver(notice, team, { facts: store, ...options })).toMatchObject({ outcome: "known" });
  expect(team.count()).toBe(3);
  expect(await store.list<NoticeRecord>("notice")).toMatchObject([{ value: { status: "sent", attempts: 3, reason: null } }]);
});

test("what may have arrived is never sent again, also not by who tries refusals again", async () => {
  const store = facts();
  const team = channel(refused, { kind: "unsure", reason: "silent" });
  expect(await deliver(notice, team, { facts: store, ...options })).toMatchObject({ outcome: "unsure", reason: "silent" });
  for (const attemptsBefore of [0, 1, 2])
    expect(await deliver(notice, team, { facts: store, ...options, attemptsBefore })).toMatchObject({ outcome: "known" });
  expect(team.count()).toBe(2);
});

test("whoever is killed while sending leaves it unsure", async () => {
  const store = facts();
  const dying = { name: "team", send: () => Promise.reject(new Error("killed")) };
  await expect(deliver(notice, dying, { facts: store, ...options })).rejects.toThrow("killed");
  expect(await store.list<NoticeRecord>("notice")).toMatchObject([{ value: { status: "unsure", attempts: 1 } }]);
  expect(await deliver(notice, channel(), { facts: store, ...options })).toMatchObject({ outcome: "known" });
});

test("one of many who tell the same sends it", async () => {
  const store = facts();
  const team = channel();
  const ends = await Promise.all(Array.from({ length: 5 }, () => deliver(notice, team, { facts: store, ...options })));
  expect(ends.map(({ outcome }) => outcome).sort()).toEqual(["known", "known", "known", "known", "sent"]);
  expect(team.count()).toBe(1);
});

test("a refused notice is taken by one of two who try it again", async () => {
  const store = facts();
  const team = channel(refused);
  await deliver(notice, team, { facts: store, ...options, waitsMs: [] });
  const again = { facts: store, ...options, waitsMs: [], attemptsBefore: 1 };
  const ends = await Promise.all([deliver(notice, team, again), deliver(notice, team, again)]);
  expect(ends.map(({ outcome }) => outcome).sort()).toEqual(["known", "sent"]);
});

test("a server that asks for more patience than a run has is not waited for", async () => {
  waits.length = 0;
  const team = channel({ ...refused, retryAfterMs: 600_000 });
  expect(await deliver(notice, team, { facts: facts(), ...options })).toMatchObject({ outcome: "refused" });
  expect([team.count(), waits]).toEqual([1, []]);
});
