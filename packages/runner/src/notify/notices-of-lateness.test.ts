import { describe, expect, test } from "vitest";
import { instantOf } from "./local-time.ts";
import { type JobFacts, lateNotices } from "./notices-of-lateness.ts";

const at = (text: string): Date => new Date(`${text}Z`);

function ids(changed: Partial<JobFacts>, now: string): string[] {
  const facts: JobFacts = {
    job: "shop",
    environment: "prod",
    lateness: {},
    watchedSince: at("2026-01-01T00:00"),
    successes: [],
    runs: [],
    ...changed,
  };
  return lateNotices(facts, at(now)).map(({ id }) => id);
}

describe("freshness", () => {
  const lateness = { fresh_within: "26h" };
  const successes = [at("2026-01-09T02:30"), at("2026-01-10T02:30")];

  test("counts from the last success, and one success is missed once", () => {
    expect(ids({ lateness, successes }, "2026-01-11T04:29")).toEqual([]);
    const late = ["20260111T043000Z/fresh/prod/shop"];
    expect(ids({ lateness, successes }, "2026-01-11T04:30")).toEqual(late);
    expect(ids({ lateness, successes }, "2026-03-01T00:00")).toEqual(late);
  });

  test("of a job that never succeeded counts from the first look", () => {
    expect(ids({ lateness }, "2026-01-02T01:59")).toEqual([]);
    expect(ids({ lateness }, "2026-01-02T02:00")).toEqual(["20260102T020000Z/fresh/prod/shop"]);
  });
});

describe("done by a time of day", () => {
  const lateness = { sla: { done_by: "07:00", timezone: "Europe/Berlin" } };

  test.each<[string, string[], string, string[]]>([
    ["before it, nothing of today is missed", ["2026-01-09T03:00"], "2026-01-10T05:59", []],
    ["at it, in local time", [], "2026-01-10T06:00", ["20260110T060000Z/done-by/prod/shop"]],
    ["a success of the same day", ["2026-01-10T01:00"], "2026-01-10T06:00", []],
    ["a success of the day before does not count", ["2026-01-09T08:00"], "2026-01-10T20:00", ["20260110T060000Z/done-by/prod/shop"]],
    ["a late success does not count", ["2026-01-10T06:01"], "2026-01-10T06:02", ["20260110T060000Z/done-by/prod/shop"]],
    ["an early success counts although there is a late one", ["2026-01-10T01:00", "2026-01-10T06:01"], "2026-01-10T06:02", []],
    ["before it, yesterday is still missed", [], "2026-01-10T05:59", ["20260109T060000Z/done-by/prod/shop"]],
    ["in summer", [], "2026-07-10T05:00", ["20260710T050000Z/done-by/prod/shop"]],
  ])("%s", (_name, successes, now, expected) => {
    expect(ids({ lateness, successes: successes.map(at) }, now)).toEqual(expected);
  });

  test("a deadline before anybody looked is not missed", () => {
    expect(ids({ lateness, watchedSince: at("2026-01-10T06:30") }, "2026-01-10T07:00")).toEqual([]);
  });

  test("the evening before counts with `since`, and only named days", () => {
    const evening = { sla: { ...lateness.sla, since: "20:00", days: ["sat" as const] } };
    expect(ids({ lateness: evening, successes: [at("2026-01-09T19:30")] }, "2026-01-10T07:00")).toEqual([]);
    expect(ids({ lateness: evening, successes: [at("2026-01-09T18:30")] }, "2026-01-10T07:00")).toHaveLength(1);
    expect(ids({ lateness: evening }, "2026-01-11T07:00")).toEqual([]);
  });
});

test("a run that takes too long is told by its id", () => {
  const facts = { lateness: { sla: { within: "90m" } }, runs: [{ runId: "r1", startedAt: "2026-01-10T01:00:00.000Z" }] };
  expect(ids(facts, "2026-01-10T02:29")).toEqual([]);
  expect(ids(facts, "2026-01-10T02:30")).toEqual(["20260110T023000Z/within/prod/r1"]);
});

test("times of day that clocks skip or show twice", () => {
  const instant = (day: string, time: string, zone: string): string => instantOf(day, time, zone).toISOString().slice(0, 16);
  expect(instant("2026-03-29", "02:30", "Europe/Berlin")).toBe("2026-03-29T01:30");
  expect(instant("2026-10-25", "02:30", "Europe/Berlin")).toBe("2026-10-25T00:30");
  expect(instant("2026-03-08", "02:30", "America/New_York")).toBe("2026-03-08T07:30");
  expect(instant("2026-01-31", "07:00", "Asia/Kathmandu")).toBe("2026-01-31T01:15");
  expect(instant("2026-01-31", "07:00", "Pacific/Kiritimati")).toBe("2026-01-30T17:00");
});
