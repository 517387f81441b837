/** A server that serves a project for days in seconds: the clock jumps to what is waited for, and runs end at once or are killed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StartRun } from "@tapline/runner";
import { decideTick, endTick, type JobRequest, openProject, openStore, type Tick, tickKey } from "@tapline/runner";
import type { ServerEvent } from "../src/events.ts";
import { serve } from "../src/serve.ts";

export interface SimulatedSchedule {
  name: string;
  cron: string;
  timezone?: string;
  missed?: "latest" | "skip" | "all";
}

export interface Simulation {
  schedules: readonly SimulatedSchedule[];
  from: Date;
  days: number;
  /** Of each run: whether it is killed. */
  isKilled(): boolean;
  /** Ends the server after so many starts and begins another one; 0: never. */
  restartAfter?: number;
}

export interface SimulationResult {
  ticks: Tick[];
  /** Runs that ended well, by tick. */
  successes: Map<string, number>;
  problems: ServerEvent[];
}

export async function simulate({ schedules, from, days, isKilled, restartAfter = 0 }: Simulation): Promise<SimulationResult> {
  const folder = mkdtempSync(join(tmpdir(), "tapline-simulated-"));
  try {
    const jobs = Object.fromEntries(schedules.map(({ name }) => [`job-${name}`, ["tap-a target-b"]]));
    const entries = schedules.map((each) => ({ ...each, job: `job-${each.name}` }));
    writeFileSync(
      join(folder, "tapline.yml"),
      JSON.stringify({ plugins: { "tap-a": {}, "target-b": {} }, jobs, schedules: entries, max_concurrent_runs: 64 }),
    );
    const project = openProject(folder, {});
    await using store = await openStore(project, "dev");
    const successes = new Map<string, number>();
    const problems: ServerEvent[] = [];
    const end = from.getTime() + days * 86_400_000;
    let time = from.getTime();
    let starts = 0;
    let busy = 0;
    const start: StartRun = ({ trigger, run_id: runId = "" }: JobRequest) => {
      if (trigger?.kind !== "schedule") throw new Error("only schedules start runs here");
      const key = tickKey(trigger.name, trigger.due_at);
      starts++;
      busy++;
      const work = async (): Promise<{ exitCode: number | null; stderr: string }> => {
        if (isKilled()) return { exitCode: null, stderr: "" };
        const isOwn = await decideTick(store, key, (values, now) => endTick(values, { key, runId, status: "done" }, now));
        if (isOwn) successes.set(key, (successes.get(key) ?? 0) + 1);
        return { exitCode: 0, stderr: "" };
      };
      return { ended: work(), stop: () => {} };
    };
    while (time < end) {
      const stop = new AbortController();
      const before = starts;
      await serve({
        project,
        start,
        binFolders: [],
        host: "127.0.0.1",
        port: 0,
        readOnly: true,
        stop: stop.signal,
        leaveRuns: true,
        refreshMs: 3_600_000,
        clock: {
          now: () => new Date(time),
          async wait(ms) {
            // What has started ends before the clock goes on.
            while (busy > 0) await new Promise((resolve) => setImmediate(resolve));
            time += ms;
            if (time >= end || (restartAfter > 0 && starts - before >= restartAfter)) stop.abort();
          },
        },
        onEvent(event) {
          if (event.type === "ended") busy--;
          if (event.type === "problem") problems.push(event);
        },
      });
    }
    const facts = await store.facts.list<Tick>("tick");
    return { ticks: facts.filter(({ key }) => !key.startsWith("!")).map(({ value }) => value), successes, problems };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
