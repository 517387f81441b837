import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { RunRecord } from "./history.ts";
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
  logFile: "",
  runner: { pid: 1, started: "x" },
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
