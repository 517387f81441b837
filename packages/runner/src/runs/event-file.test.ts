import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { JobStarted, RunEvent, RunResult } from "../model/run-event.ts";
import type { StreamResult } from "../model/stream-result.ts";
import { thisRunner } from "../state/host.ts";
import { eventPaths, openEventFile } from "./event-file.ts";
import { eventLine, readEventLine } from "./event-line.ts";
import { readEvents } from "./follow-run.ts";
import { logLines } from "./log-lines.ts";

const runId = "20260131T101500Z-1a2b3c4d";

const started: JobStarted = {
  ...{ type: "job_started", runId, name: "shop", environment: "dev", trigger: { kind: "command" }, tags: { team: "sales" } },
  ...{ steps: ["tap-a target-b"], runner: thisRunner() },
};

const log = (message: string): RunEvent => ({ type: "log", plugin: "tap-a", level: "info", message });
const progress = (sent: number): RunEvent => ({ type: "progress", streams: [{ stream: "items", sent } as StreamResult], read: null });

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-events-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("an event is the same after it was written and read, with all digits of a state", () => {
  const state = '{"bookmarks":{"items":{"id":12345678901234567890,"some_key":0.12345678901234567891}}}';
  const result = {
    ...{ kind: "pipe", runId, stateId: "dev:a-to-b", status: "done", streams: [{ stream: "items", inTable: 3, summedUpBy: ["tap"] }] },
    ...{ stateBefore: null, stateAfter: state, delivery: { exactlyOnce: true }, failure: null, warnings: ["x"] },
  } as unknown as RunResult;
  const events: RunEvent[] = [started, log("a\nb"), progress(3), { type: "state", value: state }, { type: "run_finished", result }];
  for (const event of events) {
    const timed = { time: new Date("2026-01-31T10:15:00Z"), step: 0, event };
    expect(readEventLine(eventLine(timed))).toEqual(timed);
  }
  expect(eventLine({ time: new Date(0), step: 0, event: events[3] as RunEvent })).toContain(
    '"id":12345678901234567890,"some_key":0.12345678901234567891',
  );
});

test.each(["", '{"type":"log","time":', '{"type":"other","time":"2026-01-31T10:15:00Z","step":0}'])("%j is no event", (line) => {
  expect(readEventLine(line)).toBeUndefined();
});

test("only the user may read the file, and states have no secrets", () => {
  const folder = makeFolder();
  using file = openEventFile(folder, started);
  file.write({ type: "state", value: '{"token":"hunter22","n":1.5}' }, 0, (text) => text.replaceAll("hunter22", "***"));
  const { newest } = eventPaths(folder, runId);
  expect(readFileSync(newest, "utf8")).toContain('"state":{"token":"***","n":1.5}');
  expect([statSync(newest).mode & 0o777, statSync(newest).size]).toEqual([0o600, file.bytes]);
});

test("a long file goes on in a new one, which begins with the start of the run, and the one before it is kept", () => {
  const folder = makeFolder();
  {
    using file = openEventFile(folder, started, { maxBytes: 2000 });
    for (let line = 0; line < 60; line++) file.write(log(`line ${line}`), 0);
  }
  const [first, ...events] = [...readEvents(folder, runId)];
  expect(first?.event).toMatchObject({ type: "job_started", steps: ["tap-a target-b"], part: expect.any(Number) });
  expect(first && logLines(first, [])[0]).toMatch(/the log continues \(part \d\)/);
  const lines = events.flatMap(({ event }) => (event.type === "log" ? event.message : []));
  expect(lines.length).toBeGreaterThan(10);
  expect(lines).toEqual(Array.from({ length: lines.length }, (_, index) => `line ${60 - lines.length + index}`));
});

test("progress is written once in a while, the newest of it before the step's end", async () => {
  const folder = makeFolder();
  {
    using file = openEventFile(folder, started, { everyMs: 50 });
    for (let sent = 0; sent < 1000; sent++) file.write(progress(sent), 0);
    await sleep(120);
    file.write(progress(1000), 0);
    file.write(progress(1001), 0);
    file.write({ type: "step_skipped", name: "x", reason: "the run was stopped" }, 0);
  }
  const sent = [...readEvents(folder, runId)].flatMap(({ event }) =>
    event.type === "progress" ? (event.streams[0]?.sent ?? []) : event.type,
  );
  expect(sent).toEqual(["job_started", 0, 999, 1000, 1001, "step_skipped"]);
});

test("of each progress the file keeps the streams that changed, and a reader gets all of them, also where a new file begins", () => {
  const folder = makeFolder();
  const streams = (count: number, at: number): StreamResult[] =>
    Array.from({ length: count }, (_, index) => ({ stream: `s${index}`, sent: index === 0 ? at : 7 }) as StreamResult);
  {
    using file = openEventFile(folder, started, { everyMs: 0, maxBytes: 3000 });
    for (let at = 0; at < 100; at++) file.write({ type: "progress", streams: streams(20, at), read: null }, 0);
  }
  const found = [...readEvents(folder, runId)].flatMap(({ event }) => (event.type === "progress" ? [event.streams] : []));
  expect(found.length).toBeGreaterThan(10);
  for (const [index, each] of found.entries()) expect(each).toEqual(streams(20, 100 - found.length + index));
  const { newest } = eventPaths(folder, runId);
  const last = readFileSync(newest, "utf8").trim().split("\n").at(-1) as string;
  expect(JSON.parse(last).streams).toHaveLength(1);
});

test("another try of a step shows its streams also where they are as in the try before", () => {
  const folder = makeFolder();
  const begin = { type: "run_started", runId, stateId: "dev:a-to-b" } as RunEvent;
  {
    using file = openEventFile(folder, started, { everyMs: 0 });
    for (const event of [begin, progress(1), begin, progress(1)]) file.write(event, 0);
  }
  const found = [...readEvents(folder, runId)].flatMap(({ event }) => (event.type === "progress" ? [event.streams.length] : []));
  expect(found).toEqual([1, 1]);
});
