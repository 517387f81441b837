import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, openStore, type Tick, tickKey } from "@tapline/runner";
import { expect, onTestFinished, test } from "vitest";
import { forgetOld } from "./forget.ts";
import { nextTick } from "./next-tick.ts";
import { plansOf } from "./plan.ts";

test("a forgotten tick is not due again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-forget-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, "tapline.yml"),
    'plugins: { tap-a: {}, target-b: {} }\njobs: { j: [tap-a target-b] }\nschedules: [{ name: yearly, cron: "0 0 1 1 *", job: j }]\n',
  );
  const project = openProject(folder, {});
  await using store = await openStore(project, "dev");
  const plans = plansOf(project);
  const [plan] = plans as [(typeof plans)[number]];
  const dueAt = "2026-01-01T00:00:00.000Z";
  const done: Tick = { name: "yearly", kind: "schedule", dueAt, job: "j", status: "done", attempts: [], endedAt: dueAt, missed: null };
  const question = { project, store, binFolders: [], now: new Date("2025-12-31T00:00:00Z") };
  expect(await nextTick(plan, question)).toBeUndefined();
  await store.facts.decide("tick", [tickKey("yearly", dueAt)], () => ({ answer: null, write: { [tickKey("yearly", dueAt)]: done } }));
  const now = new Date(Date.now() + 100 * 86_400_000);
  await forgetOld({ project, store, plans, now });
  expect(await store.facts.list("tick")).toEqual([]);
  expect(await nextTick(plan, { ...question, now: new Date("2026-12-31T00:00:00Z") })).toBeUndefined();
  expect(await nextTick(plan, { ...question, now: new Date("2027-01-01T00:00:01Z") })).toMatchObject({ dueAt: "2027-01-01T00:00:00.000Z" });
});
