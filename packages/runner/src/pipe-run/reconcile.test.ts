import { expect, test } from "vitest";
import { createProgress } from "../model/progress.ts";
import type { Role } from "../model/step.ts";
import { reconcile } from "./reconcile.ts";

type Report = [Role, string, Record<string, number>];

function problems(...reports: Report[]): string[] {
  const progress = createProgress();
  for (const [role, stream, counts] of reports)
    progress.record(role, { kind: "summary", stream, table: null, rejects: null, counts, changes: [] }, "x");
  return reconcile(progress.streams()).map(({ problem }) => problem);
}

test("equal counts agree", () => {
  expect(problems(["tap", "a", { sent: 5 }], ["target", "a", { received: 5, loaded: 3, superseded: 1, rejected: 1 }])).toEqual([]);
  expect(problems(["tap", "a", { sent: 5 }], ["target", "a", { received: 5, loaded: 3, superseded: 1, delete_records: 1 }])).toEqual([]);
  expect(problems(["target", "a", { received: 5, loaded: 3, delete_records: 1 }])).toEqual([
    "The target received 5 rows, but accounts for 4: 3 loaded, 0 superseded, 1 deleted a row, 0 rejected",
  ]);
});

test.each<[string, Report[]]>([
  [
    "sent is not received",
    [
      ["tap", "a", { sent: 5 }],
      ["target", "a", { received: 4, loaded: 4 }],
    ],
  ],
  ["received is not loaded", [["target", "a", { received: 5, loaded: 4 }]]],
  [
    "the target leaves a stream out",
    [
      ["tap", "a", { sent: 5 }],
      ["tap", "b", { sent: 1 }],
      ["target", "b", { received: 1, loaded: 1 }],
    ],
  ],
  [
    "the tap leaves a stream out",
    [
      ["tap", "b", { sent: 0 }],
      ["target", "a", { received: 5, loaded: 5 }],
    ],
  ],
])("%s: that disagrees", (_name, reports) => {
  expect(problems(...reports)).toHaveLength(1);
});

test.each<[string, Report[]]>([
  ["only the tap reports", [["tap", "a", { sent: 5 }]]],
  ["only the target reports", [["target", "a", { received: 5, loaded: 5 }]]],
  [
    "a stream without rows",
    [
      ["tap", "a", { sent: 0 }],
      ["tap", "b", { sent: 1 }],
      ["target", "b", { received: 1, loaded: 1 }],
    ],
  ],
  [
    "loaded is not reported",
    [
      ["tap", "a", { sent: 5 }],
      ["target", "a", { received: 5 }],
    ],
  ],
])("%s: what nobody reported can't disagree", (_name, reports) => {
  expect(problems(...reports)).toEqual([]);
});

test("metric lines alone are no proof of a loss", () => {
  const progress = createProgress();
  progress.record("tap", { kind: "count", metric: "record_count", stream: "a", value: 9 }, "x");
  progress.record(
    "target",
    { kind: "summary", stream: "a", table: null, rejects: null, counts: { received: 8, loaded: 8 }, changes: [] },
    "x",
  );
  expect(reconcile(progress.streams())).toEqual([]);
  expect(progress.streams()[0]).toMatchObject({ sent: 9, received: 8 });
});
