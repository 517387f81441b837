import { expect, test } from "vitest";
import { addEvent, newLiveRun, type RunEventLine } from "./live-run.ts";

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 31) + seconds * 1000).toISOString();
const orders = (sent: number, loaded: number) => ({ stream: "orders", sent, received: sent, loaded, rejected: 1, bytes: sent * 100 });
const progress = (seconds: number, sent: number, done: number): RunEventLine => ({
  type: "progress",
  time: at(seconds),
  step: 0,
  streams: [orders(sent, sent - 10)],
  read: { done, total: 100, unit: "bytes" },
});
const fold = (events: RunEventLine[]) => events.reduce(addEvent, newLiveRun);
const started: RunEventLine = { type: "run_started", time: at(0), step: 0 };

test("counts, rates, the share and the time left follow the progress", () => {
  const run = fold([started, progress(1, 100, 10), progress(3, 500, 25)]);
  const step = run.steps.get(0);
  expect(step?.streams).toEqual([
    { stream: "orders", sent: 500, loaded: 490, rejected: 1, bytes: 50_000, rowsPerSecond: 200, bytesPerSecond: 20_000 },
  ]);
  expect([step?.share, step?.secondsLeft, step?.attempts]).toEqual([0.25, 9, 1]);
});

test("a rate is of the last seconds only", () => {
  const run = fold([started, progress(1, 1000, 1), progress(20, 2000, 2), progress(22, 2100, 3)]);
  expect(run.steps.get(0)?.streams[0]?.rowsPerSecond).toBe(50);
});

test("a second try starts from nothing, and a tap that does not say how much there is has no share", () => {
  const again = fold([started, progress(3, 500, 25), { type: "retrying", time: at(4), step: 0 }, { ...started, time: at(9) }]);
  expect(again.steps.get(0)).toMatchObject({ status: "running", streams: [], attempts: 2, share: null });
  const silent = addEvent(again, { ...progress(12, 50, 0), read: null });
  expect(silent.steps.get(0)).toMatchObject({ share: null, secondsLeft: null });
});

test("the end of the log, parts of dbt's work and the end of a step are kept", () => {
  const log = (message: string): RunEventLine => ({ type: "log", time: at(1), step: 0, plugin: "dbt", level: "info", message });
  const node: RunEventLine = { type: "node", time: at(1), step: 1, plugin: "dbt", node: { name: "daily", status: "done" } };
  const end: RunEventLine = { type: "run_finished", time: at(2), step: 1, status: "done" };
  const run = fold([...Array.from({ length: 20 }, (_, index) => log(`line ${index}`)), node, end]);
  expect(run.log.map(({ message }) => message).at(-1)).toBe("line 19");
  expect(run.log).toHaveLength(8);
  expect(run.steps.get(1)).toMatchObject({ status: "done", nodes: [{ name: "daily", status: "done" }] });
});
