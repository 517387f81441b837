import { expect, test } from "vitest";
import type { NoticeNote, RunRecord } from "../history/history.ts";
import type { NotifySettings } from "../model/notify-schema.ts";
import type { Notice } from "./notice.ts";
import { foldRepeats } from "./repeats.ts";

const settings: NotifySettings = { channels: { hook: { slack: "x" } } };

/** `hour`: when it began. */
function run(hour: number, changed: Partial<RunRecord> = {}, code = "value_invalid"): RunRecord {
  const at = (minute: number): string => new Date(Date.UTC(2026, 0, 31, hour, minute)).toISOString();
  const error = { plugin: "tap-a", code, class: "data", recovery: "fatal", message: `row ${hour}`, hint: "", position: { stream: "s" } };
  return {
    ...{ runId: `run-${hour}`, name: "j", trigger: { kind: "command" }, environment: "dev", tags: {}, request: { words: ["j"] } },
    ...{ status: "failed", startedAt: at(0), endedAt: at(1), runner: { pid: 1, started: "" } },
    error: error as NonNullable<RunRecord["error"]>,
    ...changed,
  };
}

const told: NoticeNote[] = [{ channel: "hook", event: "failure", outcome: "sent", reason: null }];
const folded: NoticeNote[] = [{ channel: "hook", event: "failure", outcome: "folded", reason: "…" }];

function fold(now: RunRecord, before: readonly RunRecord[], more: Partial<NotifySettings> = {}) {
  const notice = { event: "failure", at: now.endedAt, title: "Failed: j (dev)" } as Notice;
  const { planned, folded: left } = foldRepeats({ ...settings, ...more }, [{ channel: "hook", notice }], now, before);
  return planned.map((each) => each.notice.title).concat(left.map(({ outcome, reason }) => `${outcome}: ${reason}`));
}

test("the same cause again is not told, though the message differs", () => {
  const before = [run(10, { notices: folded }), run(9, { notices: told })];
  expect(fold(run(11), before)).toEqual(["folded: the cause is that of run-9, which told it"]);
});

test("after four hours it is told how often", () => {
  const before = [run(10, { notices: folded }), run(9, { notices: told })];
  expect(fold(run(14), before)).toEqual(["Failed: j (dev), 3 times since 2026-01-31 09:00 UTC"]);
});

test("another cause, and the same one after a success, are told", () => {
  expect(fold(run(11, {}, "file_missing"), [run(10, { notices: told })])).toEqual(["Failed: j (dev)"]);
  expect(fold(run(11, { status: "timed_out" }), [run(10, { notices: told })])).toEqual(["Failed: j (dev)"]);
  expect(fold(run(11), [run(10, { status: "done", error: null }), run(9, { notices: told })])).toEqual(["Failed: j (dev)"]);
});

test("where nobody was told of the runs before, or each failure is asked for, it is told", () => {
  const refused: NoticeNote[] = [{ channel: "hook", event: "failure", outcome: "refused", reason: "down" }];
  expect(fold(run(11), [run(10, { notices: refused })])).toEqual(["Failed: j (dev), 2 times since 2026-01-31 10:00 UTC"]);
  expect(fold(run(11), [run(10, { notices: told })], { repeat_after: "0s" })).toEqual([
    "Failed: j (dev), 2 times since 2026-01-31 10:00 UTC",
  ]);
});
