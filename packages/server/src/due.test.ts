import { Cron } from "croner";
import { describe, expect, test } from "vitest";
import { type Due, dueOf, graceMs } from "./due.ts";

const at = (text: string): Date => new Date(`2026-${text}Z`);
const daily = new Cron("0 2 * * *", { timezone: "UTC", paused: true });

test("nothing is due before its time, and what was dealt with is not due again", () => {
  const question = { cron: daily, missed: "latest" as const };
  expect(dueOf({ ...question, since: at("05-01T02:00"), now: at("05-02T01:59:59") })).toBeUndefined();
  const due = dueOf({ ...question, since: at("05-01T02:00"), now: at("05-02T02:00:00") });
  expect(due).toEqual({ dueAt: "2026-05-02T02:00:00.000Z", missed: null, isMissed: false });
  expect(dueOf({ ...question, since: at("05-02T02:00"), now: at("05-02T02:00:00") })).toBeUndefined();
});

describe("after three days without a server", () => {
  const question = { cron: daily, since: at("05-01T02:00"), now: at("05-04T09:00") };
  test("latest: the last one runs, the others are told", () => {
    expect(dueOf({ ...question, missed: "latest" })).toEqual({
      dueAt: "2026-05-04T02:00:00.000Z",
      missed: { count: 2, isMore: false, first: "2026-05-02T02:00:00.000Z", last: "2026-05-03T02:00:00.000Z" },
      isMissed: false,
    });
  });
  test("all: the first one, then the next", () => {
    expect(dueOf({ ...question, missed: "all" })?.dueAt).toBe("2026-05-02T02:00:00.000Z");
    expect(dueOf({ ...question, missed: "all", since: at("05-02T02:00") })?.dueAt).toBe("2026-05-03T02:00:00.000Z");
  });
  test("skip: none, unless it is only a little late", () => {
    expect(dueOf({ ...question, missed: "skip" })).toMatchObject({ isMissed: true, missed: { count: 3 } });
    const late = new Date(at("05-04T02:00").getTime() + graceMs);
    expect(dueOf({ ...question, missed: "skip", now: late })).toMatchObject({ isMissed: false, missed: { count: 2 } });
  });
});

/** Every due time of a range, as a server that looks each minute finds them. */
function walk(expression: string, timezone: string, [from, to]: [Date, Date]): string[] {
  const cron = new Cron(expression, { timezone, paused: true });
  const found: string[] = [];
  let since = from;
  for (let now = from.getTime(); now <= to.getTime(); now += 60_000) {
    const due: Due | undefined = dueOf({ cron, missed: "latest", since, now: new Date(now) });
    if (due === undefined) continue;
    found.push(due.dueAt.slice(0, 16));
    since = new Date(due.dueAt);
  }
  return found;
}

describe("where clocks change", () => {
  test("a time that the day leaves out comes right after the gap", () => {
    expect(walk("30 2 * * *", "America/New_York", [at("03-07T12:00"), at("03-09T12:00")])).toEqual([
      "2026-03-08T07:00",
      "2026-03-09T06:30",
    ]);
  });
  test("a time that the day has twice comes once, the first time", () => {
    expect(walk("30 1 * * *", "America/New_York", [at("10-31T12:00"), at("11-02T12:00")])).toEqual([
      "2026-11-01T05:30",
      "2026-11-02T06:30",
    ]);
  });
  test("each hour comes each hour", () => {
    expect(walk("0 * * * *", "Europe/Stockholm", [at("10-24T23:30"), at("10-25T03:30")])).toEqual([
      "2026-10-25T00:00",
      "2026-10-25T01:00",
      "2026-10-25T02:00",
      "2026-10-25T03:00",
    ]);
  });
});
