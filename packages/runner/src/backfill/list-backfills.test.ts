import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Backfill, decideBackfill, decidePart, partKey } from "../partitions/backfill.ts";
import { beginBackfill, claimPart, endPart } from "../partitions/rules.ts";
import { thisRunner } from "../state/host.ts";
import { openSqliteBackend } from "../state/sqlite-store.ts";
import { storeOver } from "../state/store-over.ts";
import { dropBackfill, listBackfills, showBackfill } from "./list-backfills.ts";

const id = "20260601T000000Z-00000001";
const backfill: Backfill = {
  id,
  words: ["shop"],
  environment: "dev",
  from: "2026-01-01",
  to: "2026-01-03",
  by: "day",
  timezone: "UTC",
  mode: "append",
  places: ["a.duckdb"],
  stateIds: ["dev:tap-to-target"],
  parts: ["2026-01-01", "2026-01-02"],
  status: "open",
  startedAt: "2026-06-01T00:00:00Z",
  endedAt: null,
};

test("a back-fill is listed with what is done, and is dropped only while none of its partitions is at work", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tapline-backfills-"));
  const store = storeOver(openSqliteBackend(folder), 60_000);
  onTestFinished(async () => {
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  await decideBackfill(store, id, (values) => beginBackfill(values, backfill));
  const request = { backfill: id, stateId: "dev:tap-to-target", holder: thisRunner(), leaseMs: 60_000, parallel: 2, since: "2000" };
  for (const [name, runId] of [
    ["2026-01-01", "r1"],
    ["2026-01-02", "r2"],
  ] as const)
    await decidePart(store, partKey(id, name), (values, now) => claimPart(values, { ...request, name, runId }, now));
  await expect(dropBackfill(store, id)).rejects.toMatchObject({ code: "backfill_at_work", message: expect.stringContaining("2026-01-02") });
  for (const [name, runId, status] of [
    ["2026-01-01", "r1", "done"],
    ["2026-01-02", "r2", "failed"],
  ] as const)
    await decidePart(store, partKey(id, name), (values, now) =>
      endPart(values, { key: partKey(id, name), runId, status, rows: 3, error: status === "failed" ? "no" : null }, now),
    );
  expect(await listBackfills(store)).toMatchObject([{ id, status: "open", done: 1, failed: ["2026-01-02"] }]);
  expect((await showBackfill(store, id)).begun).toMatchObject([
    { status: "done", rows: 3 },
    { status: "failed", error: "no" },
  ]);
  await dropBackfill(store, id);
  expect(await listBackfills(store)).toMatchObject([{ status: "dropped" }]);
  await expect(showBackfill(store, "2026")).rejects.toMatchObject({ code: "backfill_unknown" });
});
