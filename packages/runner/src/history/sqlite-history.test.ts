import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { thisRunner } from "../state/host.ts";
import type { RunFilter, RunRecord } from "./history.ts";
import { searchOf } from "./search.ts";
import { openHistory } from "./sqlite-history.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const record = (runId: string, changed: Partial<RunRecord> = {}): RunRecord => ({
  runId,
  name: "shop",
  trigger: { kind: "command" },
  environment: "dev",
  tags: {},
  request: { words: ["shop"] },
  status: "done",
  startedAt: "2026-01-31T10:15:00.000Z",
  endedAt: null,
  error: null,
  runner: thisRunner(),
  ...changed,
});

test("a database of an earlier version is upgraded, and its runs read as requests", () => {
  const folder = makeFolder();
  mkdirSync(join(folder, ".tapline"));
  const old = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
  old.exec(readFileSync(new URL("../../test/fixtures/history-form-5.sql", import.meta.url), "utf8"));
  old.close();
  using history = openHistory(folder);
  const [retry, failed, first] = history.runs({ limit: 10 });
  expect(first).toMatchObject({
    status: "done",
    tags: { team: "sales" },
    trigger: { kind: "command" },
    request: {
      words: ["tap-test", "target-test"],
      full_refresh: ["items"],
      state_id_suffix: "x",
      timeout_seconds: 1800,
      tags: { team: "sales" },
    },
  });
  expect(first).not.toHaveProperty("flags");
  expect(failed).toMatchObject({ status: "failed", request: { words: ["both"], environment: "dev" } });
  expect(retry).toMatchObject({ trigger: { kind: "retry", of: failed?.runId } });
  expect(history.steps(failed?.runId ?? "").map(({ name, status }) => [name, status])).toEqual([
    ["tap-test target-test", "done"],
    ["program do a", "failed"],
  ]);
});

test("an id belongs to one run", () => {
  using history = openHistory(makeFolder());
  history.openRun(record("20260131T101500Z-1a2b3c4d"));
  expect(() => history.openRun(record("20260131T101500Z-1a2b3c4d", { name: "other" }))).toThrow(
    expect.objectContaining({ code: "run_id_used" }),
  );
  expect(history.runs({ limit: 10 })).toMatchObject([{ name: "shop" }]);
});

const day = (index: number): string => `2026-01-${String(index + 1).padStart(2, "0")}T10:00:00.000Z`;

/** Ten runs, the first the oldest; two of them began at the same moment. */
function tenRuns(folder: string) {
  const history = openHistory(folder);
  for (let index = 0; index < 10; index++) {
    history.openRun(
      record(`run-${index}`, {
        startedAt: day(index === 9 ? 8 : index),
        status: index === 3 ? "failed" : index === 4 ? "running" : "done",
        runner: index === 4 ? { ...thisRunner(), started: "long ago" } : thisRunner(),
        name: index % 2 === 0 ? "shop" : "bank",
        environment: index < 5 ? "dev" : "prod",
        trigger: index === 7 ? { kind: "schedule", name: "nightly", due_at: day(7) } : { kind: "command" },
        tags: index === 6 ? { team: "sales", "a.b": '"' } : { team: "finance" },
      }),
    );
  }
  return history;
}

test.each<[string, Partial<RunFilter>, number[]]>([
  ["all", {}, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
  ["a page", { before: "run-8", limit: 3 }, [7, 6, 5]],
  ["the page after one that ended between two runs of the same moment", { before: "run-9", limit: 2 }, [8, 7]],
  ["a job", { name: "bank", before: "run-9" }, [7, 5, 3, 1]],
  ["a status", { status: "failed" }, [3]],
  ["crashed runs", { status: "crashed" }, [4]],
  ["running runs", { status: "running" }, []],
  ["an environment", { environment: "dev", limit: 2 }, [4, 3]],
  ["a trigger", { trigger: "schedule" }, [7]],
  ["a time", { since: "2026-01-08" }, [9, 8, 7]],
  ["tags", { tags: { team: "sales", "a.b": '"' } }, [6]],
  ["a tag that none has", { tags: { team: "none" } }, []],
])("the list finds %s", (_what, filter, expected) => {
  using history = tenRuns(makeFolder());
  expect(history.runs({ limit: 100, ...filter }).map(({ runId }) => Number(runId.slice(4)))).toEqual(expected);
});

test("a page begins below a run that was forgotten since", () => {
  using history = openHistory(makeFolder());
  for (const [runId, startedAt] of [
    ["20260101T000000Z-00000000", "2026-01-01T00:00:00.100Z"],
    ["20260102T000000Z-00000000", "2026-01-02T00:00:00.100Z"],
  ] as const)
    history.openRun(record(runId, { startedAt }));
  expect(history.runs({ limit: 9, before: "20260101T120000Z-00000000" }).map(({ runId }) => runId)).toEqual(["20260101T000000Z-00000000"]);
});

test("every search goes over one index, in its order", () => {
  const folder = makeFolder();
  tenRuns(folder)[Symbol.dispose]();
  const database = new DatabaseSync(join(folder, ".tapline", "tapline.db"));
  onTestFinished(() => database.close());
  for (const filter of [
    {},
    { before: "run-8" },
    { name: "bank" },
    { status: "failed" },
    { environment: "dev", tags: { team: "sales" } },
  ] as const) {
    const { sql, values } = searchOf({ limit: 1, ...filter });
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
    expect(plan[0]?.detail).toContain("USING INDEX history_runs_by_start");
    expect(plan.map(({ detail }) => detail).join()).not.toContain("TEMP B-TREE");
  }
});
