import { seededRandom } from "@tapline/testing/seeded-random";
import { Cron } from "croner";
import { expect, test } from "vitest";
import { simulate } from "./simulated.ts";

test("in a week with a change of clocks, kills and restarts, each tick has one success and none is missing", async () => {
  const random = seededRandom(7);
  const schedules = [
    { name: "hourly", cron: "5 * * * *" },
    { name: "nightly", cron: "30 2 * * *", timezone: "America/New_York", missed: "all" as const },
    { name: "twice", cron: "0 6,18 * * 1-5", timezone: "Europe/Stockholm" },
  ];
  const from = new Date("2026-03-05T00:00:00Z");
  const { ticks, successes, problems } = await simulate({ schedules, from, days: 7, isKilled: () => random() < 0.2, restartAfter: 20 });
  expect(problems).toEqual([]);
  for (const { name, cron, timezone = "UTC" } of schedules) {
    const expected = new Cron(cron, { timezone, paused: true })
      .nextRuns(400, from)
      .filter((time) => time.getTime() < from.getTime() + 7 * 86_400_000);
    const found = ticks.filter((tick) => tick.name === name).map(({ dueAt }) => dueAt);
    expect(found).toEqual(expected.map((time) => time.toISOString()));
  }
  const failed = ticks.filter(({ status }) => status !== "done");
  // Three kills of one tick end it.
  for (const tick of failed) expect(tick.attempts.map((each) => each.end)).toEqual(["killed", "killed", "killed"]);
  expect([...successes.values()].every((count) => count === 1)).toBe(true);
  expect(successes.size + failed.length).toBe(ticks.length);
});
