import { expect, test } from "vitest";
import { weekdays } from "../model/parallel-run-schema.ts";
import type { DayFact } from "./facts.ts";
import type { DayReport, SignOff } from "./report.ts";
import { standingOf } from "./standing.ts";

const report = (day: string, verdict: DayReport["verdict"] = "clean", attempt = 1): DayFact => ({
  day,
  report: {
    id: `${day}-${attempt}`,
    day,
    attempt,
    verdict,
    job: "daily",
    environment: "dev",
    started_at: "",
    ended_at: "",
    tables: [],
    problems: [],
  },
  earlier: [],
});
const signed = (name: string, day: string, attempt = 1): SignOff => ({
  name,
  note: "",
  at: `${day}T12:00:00Z`,
  report: `${day}-${attempt}`,
  day,
});

function standing(
  days: DayFact[],
  { signOffs = [] as SignOff[], today = "2026-01-09", dueOn = weekdays as readonly (typeof weekdays)[number][] } = {},
) {
  return standingOf({ days, signOffs, today, cleanDays: 3, wantedSignOffs: 1, dueOn });
}

test("a row goes back from today, or from yesterday while today is not compared, to the last day that was not clean", () => {
  const days = [report("2026-01-05"), report("2026-01-06", "different"), report("2026-01-07"), report("2026-01-08")];
  expect(standing(days).row).toBe(2);
  expect(standing([...days, report("2026-01-09")]).row).toBe(3);
  expect(standing(days).reasons[0]).toBe("2 clean days in a row of 3: 2026-01-06 has differences");
});

test("a day that is due and missing breaks the row, also when it is the last one", () => {
  expect(standing([report("2026-01-06"), report("2026-01-08")])).toMatchObject({
    row: 1,
    reasons: [expect.stringContaining("2026-01-07 is missing"), expect.anything()],
  });
  expect(standing([report("2026-01-05"), report("2026-01-06"), report("2026-01-07")]).row).toBe(0);
});

test("a day on which nothing is due neither breaks the row nor counts, unless it was compared", () => {
  const dueOn = ["mon", "tue", "wed", "thu", "fri"] as const;
  const days = [report("2026-01-08"), report("2026-01-09"), report("2026-01-12")];
  expect(standing(days, { today: "2026-01-12", dueOn }).row).toBe(3);
  expect(standing([...days, report("2026-01-11", "different")], { today: "2026-01-12", dueOn }).row).toBe(1);
});

const clean = [report("2026-01-06"), report("2026-01-07"), report("2026-01-08")];

test("a sign-off counts while its day is in the row", () => {
  const signOffs = [signed("ana", "2026-01-07")];
  expect(standing(clean, { signOffs }).reasons).toEqual([]);
  const after = standing([...clean, report("2026-01-09", "different")], { signOffs });
  expect(after.sign_offs).toMatchObject([{ name: "ana", counts: false, why: "2026-01-09 has differences after it" }]);
  expect(after.reasons).toHaveLength(2);
});

test("a report that was replaced takes its sign-off back, although the new one is clean", () => {
  const again = [clean[0], report("2026-01-07", "clean", 2), clean[2]] as DayFact[];
  expect(standing(again, { signOffs: [signed("ana", "2026-01-07")] }).sign_offs).toMatchObject([
    { counts: false, why: "2026-01-07 was compared again after it" },
  ]);
});

test("one person who signs twice is one person", () => {
  const signOffs = [signed("ana", "2026-01-07"), signed("ana", "2026-01-08")];
  expect(standingOf({ days: clean, signOffs, today: "2026-01-08", cleanDays: 3, wantedSignOffs: 2, dueOn: weekdays }).reasons).toEqual([
    "1 of 2 people have signed off a report of these days",
  ]);
});

test("nothing was compared", () => {
  expect(standing([])).toMatchObject({ days: [], row: 0, reasons: ["no day has been compared", expect.anything()] });
});
