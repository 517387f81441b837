/**
 * A hundred schedules over a simulated month with a change of clocks, in planner, server and store (SQLite): a server whose clock jumps
 * from due time to due time, one run of ten killed, a new server after each 500 starts. Each tick is there once and has one success,
 * unless three runs of it were killed.
 * Covers: packages/server/src, packages/server/test/simulated.ts, packages/runner/src/ticks, packages/runner/src/state
 */
import { seededRandom } from "@tapline/testing/seeded-random";
import { Cron } from "croner";
import { expect, test } from "vitest";
import { type SimulatedSchedule, simulate } from "../test/simulated.ts";
import bars from "./scheduled-month.bars.json" with { type: "json" };

const zones = ["UTC", "America/New_York", "Europe/Stockholm", "Asia/Kolkata", "Australia/Lord_Howe"];
const days = 31;

function schedules(): SimulatedSchedule[] {
  return Array.from({ length: bars.schedules }, (_, index) => {
    const timezone = zones[index % zones.length] as string;
    const minute = (index * 7) % 60;
    const cron = [`${minute} * * * *`, `${minute} ${index % 24} * * *`, `30 2 * * *`, `${minute} 6,18 * * 1-5`][index % 4] as string;
    return { name: `s${index}`, cron, timezone, missed: index % 2 === 0 ? "all" : "latest" };
  });
}

test("each tick once", async () => {
  const random = seededRandom(20260301);
  const from = new Date("2026-03-01T00:00:00Z");
  const isKilled = (): boolean => random() < 0.1;
  const { ticks, successes, problems } = await simulate({ schedules: schedules(), from, days, isKilled, restartAfter: 500 });
  expect(problems).toEqual([]);
  const end = from.getTime() + days * 86_400_000;
  for (const { name, cron, timezone = "UTC" } of schedules()) {
    const expected = new Cron(cron, { timezone, paused: true }).nextRuns(1000, from).filter((time) => time.getTime() < end);
    const found = ticks.filter((tick) => tick.name === name).map(({ dueAt }) => dueAt);
    expect([name, found]).toEqual([name, expected.map((time) => time.toISOString())]);
  }
  const failed = ticks.filter(({ status }) => status !== "done");
  for (const tick of failed) expect(tick.attempts.map((each) => each.end)).toEqual(["killed", "killed", "killed"]);
  const twice = [...successes].filter(([, count]) => count !== 1);
  expect(twice).toHaveLength(bars.ticks_with_two_successes);
  expect(successes.size + failed.length).toBe(ticks.length);
  console.log(`${ticks.length} ticks, ${failed.length} of which were killed three times`);
}, 3_600_000);
