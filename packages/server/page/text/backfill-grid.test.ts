import { expect, test } from "vitest";
import { type Backfill, type BackfillPart, commandOf, gridRows, progressOf } from "./backfill-grid.ts";

const part = (name: string, status: BackfillPart["status"], rows: number | null = null): BackfillPart => ({
  ...{ name, status, rows, run_id: null, error: null },
});
const backfill: Backfill = {
  ...{ id: "20260131T101500Z-1a2b3c4d", name: "shop", environment: "dev", status: "open", mode: "replace", by: "day", timezone: "UTC" },
  ...{ from: "2026-01-30", to: "2026-02-02", started_at: "2026-03-01T00:00:00Z", ended_at: null },
  parts: [part("2026-01-30", "done", 1200), part("2026-01-31", "failed"), part("2026-02-01", "waiting")],
};

test("days stand by month, months by year", () => {
  expect(gridRows(backfill).map(({ name, parts }) => [name, parts.length])).toEqual([
    ["2026-01", 2],
    ["2026-02", 1],
  ]);
  const months = ["2025-12-15", "2026-01", "2026-02"].map((name) => part(name, "done"));
  expect(gridRows({ by: "month", parts: months }).map(({ name, parts }) => [name, parts.length])).toEqual([
    ["2025", 1],
    ["2026", 2],
  ]);
});

test("how far it is, what failed, and that nothing goes on", () => {
  expect(progressOf(backfill)).toBe(
    "1 of 3 days done, 1,200 rows. Failed: 2026-01-31. Nothing of it is at work: give its command again to go on.",
  );
  const parts = [part("2026-01-30", "done", 1), part("2026-01-31", "running")];
  expect(progressOf({ ...backfill, parts })).toBe("1 of 2 days done, 1 row. Now: 2026-01-31.");
  expect(progressOf({ ...backfill, status: "done", parts: [part("2026-01-30", "done", 1)] })).toBe("1 of 1 day done, 1 row.");
});

test("the command that goes on with it", () => {
  expect(commandOf(backfill, true)).toBe("tapline backfill shop --from 2026-01-30 --to 2026-02-02 --by day --replace-range");
  expect(commandOf({ ...backfill, mode: "append", timezone: "Asia/Tokyo" }, false)).toBe(
    "tapline backfill shop --from 2026-01-30 --to 2026-02-02 --by day --timezone Asia/Tokyo --append --environment dev",
  );
});
