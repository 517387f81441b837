/** A follower beside a run: in time, over the roll of its file, and to the end of a process that is killed. */
import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { JobStarted, RunEvent } from "../model/run-event.ts";
import type { Runner } from "../model/runner.ts";
import { identify } from "../process/liveness.ts";
import { thisRunner } from "../state/host.ts";
import { eventPaths, openEventFile } from "./event-file.ts";
import { followRun } from "./follow-run.ts";

const runId = "20260131T101500Z-1a2b3c4d";
const end: RunEvent = { type: "job_finished", runId, status: "done", seconds: 1, exitCode: 0, error: null };

const startedBy = (runner: Runner): JobStarted => ({
  ...{ type: "job_started", runId, name: "shop", environment: "dev", trigger: { kind: "command" }, tags: {}, steps: ["a"], runner },
});
const log = (message: string): RunEvent => ({ type: "log", plugin: "tap-a", level: "info", message });

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-follow-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The words of a follower: messages of log events, and the types of others. */
async function follow(folder: string, signal?: AbortSignal): Promise<string[]> {
  const words: string[] = [];
  for await (const { event } of followRun(folder, runId, { lookEveryMs: 200, ...(signal && { signal }) }))
    words.push(event.type === "log" ? event.message : event.type);
  return words;
}

test("it gets every event while the file is rolled again and again, and ends with the run", async () => {
  const folder = makeFolder();
  const early = follow(folder);
  await sleep(50);
  using file = openEventFile(folder, startedBy(thisRunner()), { maxBytes: 5000 });
  await sleep(250);
  const live = follow(folder);
  const messages = Array.from({ length: 300 }, (_, index) => `line ${index}`);
  for (const message of messages) {
    file.write(log(message), 0);
    if (Math.random() < 0.3) await sleep(2);
  }
  file.write(end, null);
  const all = ["job_started", ...messages, "job_finished"];
  expect(await live).toEqual(all);
  expect(await early).toEqual(all);
  // Later, what is kept.
  const late = await follow(folder);
  expect(late).toEqual(["job_started", ...all.slice(1 - late.length)]);
});

test("it ends when the run's process is gone, and a line that was written in part is no error", async () => {
  const folder = makeFolder();
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const gone = new Promise((resolve) => child.once("exit", resolve));
  using file = openEventFile(folder, startedBy({ ...thisRunner(), ...identify(child.pid as number) }));
  file.write(log("at work"), 0);
  const followed = follow(folder);
  await sleep(300);
  appendFileSync(eventPaths(folder, runId).newest, '{"type":"log","time":"2026-');
  child.kill("SIGKILL");
  await gone;
  expect(await followed).toEqual(["job_started", "at work"]);
});

test("it stops waiting when it is told to", async () => {
  expect(await follow(makeFolder(), AbortSignal.timeout(100))).toEqual([]);
});
