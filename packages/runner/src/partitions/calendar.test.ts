import { expect, test } from "vitest";
import { isDay, partitionsOf } from "./calendar.ts";

test("days begin at midnight of the place, also where its clocks change", () => {
  expect(partitionsOf({ from: "2026-03-28", to: "2026-03-31", by: "day", timezone: "Europe/Stockholm" })).toEqual([
    { name: "2026-03-28", from: "2026-03-28T00:00:00+01:00", to: "2026-03-29T00:00:00+01:00" },
    { name: "2026-03-29", from: "2026-03-29T00:00:00+01:00", to: "2026-03-30T00:00:00+02:00" },
    { name: "2026-03-30", from: "2026-03-30T00:00:00+02:00", to: "2026-03-31T00:00:00+02:00" },
  ]);
});

test("months are cut where the range begins and ends", () => {
  const names = (from: string, to: string) => partitionsOf({ from, to, by: "month", timezone: "UTC" }).map(({ name }) => name);
  expect(names("2025-12-15", "2026-03-02")).toEqual(["2025-12-15", "2026-01", "2026-02", "2026-03-01"]);
  expect(names("2026-01-01", "2026-01-01")).toEqual([]);
});

test("in each time zone the partitions of four years meet, one after another", () => {
  for (const timezone of ["UTC", "America/Sao_Paulo", "Africa/Cairo", "Asia/Kathmandu", "Pacific/Apia", "America/Havana"]) {
    const partitions = partitionsOf({ from: "2023-01-01", to: "2027-01-01", by: "day", timezone });
    expect(partitions).toHaveLength(1461);
    for (const [i, { from, to }] of partitions.entries()) {
      expect(Date.parse(to)).toBeGreaterThan(Date.parse(from));
      if (i > 0) expect(from).toBe(partitions[i - 1]?.to);
    }
  }
});

test.each([
  ["2026-02-28", true],
  ["2026-02-29", false],
  ["2026-1-1", false],
  ["today", false],
])("%s as a day: %s", (text, isOne) => {
  expect(isDay(text)).toBe(isOne);
});
