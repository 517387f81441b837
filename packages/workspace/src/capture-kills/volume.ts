/**
 * Many changes of one source, captured into two targets at the same time by two slots, while strikes hit both, spread evenly over the changes.
 * Each run either ends at the log's end or follows it.
 */
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import type { Role } from "../faults/processes.ts";
import { type Random, randomFrom } from "../faults/random.ts";
import { type Address, ask } from "../source-faults/source.ts";
import { type CapturePipe, calmRuns, capturePipe, failed, type Into, type Job } from "./pipe.ts";
import { victims } from "./round.ts";
import { makeTables, type Pace, startCaptureWriter, type Written } from "./tables.ts";

export interface Volume {
  seed: string;
  /** So many row changes are committed at least. */
  changes: number;
  /** Of both captures together. */
  strikes: number;
  server: PostgresServer;
  target: PostgresServer;
}

export interface VolumeEnd extends Written {
  kills: Record<Role, number>;
  restarts: number;
  runs: number;
  runs_followed: number;
  runs_failed: number;
  /** What runs said that failed though nothing struck them. */
  failed_alone: string[];
  writing_seconds: number;
  rows: Record<string, number>;
  wrong: string[];
}

const writers = 4;
/** Five sixths of the changes come by large transactions. */
const pace: Pace = {
  largeEvery: 600,
  alterationEvery: 500,
  pauseMs: 50,
  repeats: (random) => (random.below(8) === 0 ? 20 : 1),
};

/** More than these show nothing new. */
const mostFailedAlone = 5;

/** @throws Error that says what is wrong, but for rows that differ, which `wrong` has */
export async function runVolume({ seed, changes, strikes, server, target }: Volume): Promise<VolumeEnd> {
  const source: Address = { ...server.address, database: `volume_${process.pid}` };
  await ask({ ...server.address, database: "postgres" }, `CREATE DATABASE ${source.database}`);
  await ask(source, ...makeTables);
  const kills = { tap: 0, target: 0, runner: 0 };
  const end = { kills, restarts: 0, runs: 0, runs_followed: 0, runs_failed: 0, failed_alone: [] as string[] };
  const began = performance.now();
  const writing = Array.from({ length: writers }, (_, n) => startCaptureWriter(source, randomFrom(`${seed}, writer ${n}`), pace));
  const written = (): number => writing.reduce((sum, { written: { changes: made } }) => sum + made, 0);
  // Counts twice for each restart, before and after it. One restart at a time.
  let [restarting, moment] = [Promise.resolve(), 0];
  const restart = async (): Promise<void> => {
    moment++;
    await server.restart("immediate");
    moment++;
    end.restarts++;
  };
  const strike = async (pipe: CapturePipe, victim: Role | "server"): Promise<boolean> => {
    if (victim === "server") {
      restarting = restarting.then(restart);
      await restarting;
      return true;
    }
    const isHit = pipe.kill(victim);
    if (isHit) kills[victim]++;
    return isHit;
  };

  /** Goes on with runs until all is written; the strikes hit it each at its share of the changes. */
  async function capture(pipe: CapturePipe, random: Random, times: number): Promise<void> {
    const start = (): { job: Job; follows: boolean; from: number } => {
      const follows = random.below(2) === 0;
      end.runs++;
      if (follows) end.runs_followed++;
      return { job: pipe.start({ follows }), follows, from: moment };
    };
    const close = async ({ job, from }: ReturnType<typeof start>, isStruck: boolean): Promise<void> => {
      const code = await pipe.end(job);
      // 130: a run that followed, and was asked to end.
      if (code === 0 || code === 130) return;
      end.runs_failed++;
      if (!isStruck && from === moment && from % 2 === 0) end.failed_alone.push(pipe.outputs.at(-1) as string);
      if (end.failed_alone.length > mostFailedAlone) throw new Error(`${end.failed_alone.length} runs failed though nothing struck them`);
    };
    let run = start();
    const until = async (done: () => boolean): Promise<void> => {
      for (; !done(); await setTimeout(50)) {
        if (run.job.isRunning()) continue;
        await close(run, false);
        run = start();
      }
    };
    for (let struck = 0; struck < times; ) {
      await until(() => written() >= (changes * (struck + 0.5)) / times);
      await setTimeout(random.below(5000));
      const isStruck = run.job.isRunning() && (await strike(pipe, random.pick(victims)));
      if (isStruck) struck++;
      else if (run.follows && run.job.isRunning()) continue;
      await close(run, isStruck);
      run = start();
    }
    await until(() => written() >= changes);
    if (run.follows) run.job.interrupt();
    await close(run, false);
  }

  async function captureInto(into: Into, times: number): Promise<{ into: Into; pipe: CapturePipe }> {
    const pipe = await capturePipe(source, into, target);
    try {
      await capture(pipe, randomFrom(`${seed}, ${into}`), times);
      return { into, pipe };
    } catch (error) {
      await pipe[Symbol.asyncDispose]();
      throw failed(`into ${into} (${seed})`, error, pipe);
    }
  }

  const settled = await Promise.allSettled([
    captureInto("PostgreSQL", Math.ceil(strikes / 2)),
    captureInto("DuckDB", Math.floor(strikes / 2)),
  ]);
  const made = await Promise.all(writing.map((writer) => writer.stop()));
  const writing_seconds = Math.round((performance.now() - began) / 1000);
  const rows: Record<string, number> = {};
  const wrong: string[] = [];
  for (const one of settled) {
    if (one.status === "rejected") wrong.push(String((one.reason as Error).message));
    else {
      await using pipe = one.value.pipe;
      const { into } = one.value;
      await calmRuns(pipe)
        .then(async () => {
          const compared = await pipe.compare();
          rows[into] = compared.rows;
          wrong.push(...compared.wrong.map((line) => `into ${into}: ${line}`));
        })
        .catch((error: unknown) => wrong.push(failed(`into ${into} (${seed})`, error, pipe).message));
    }
  }
  const sum = (of: (one: Written) => number): number => made.reduce((total, one) => total + of(one), 0);
  const most = (of: (one: Written) => number): number => made.reduce((so, one) => Math.max(so, of(one)), 0);
  return {
    changes: sum((one) => one.changes),
    commits: sum((one) => one.commits),
    rollbacks: sum((one) => one.rollbacks),
    alterations: sum((one) => one.alterations),
    largest: most((one) => one.largest),
    largestUndone: most((one) => one.largestUndone),
    ...end,
    writing_seconds,
    rows,
    wrong,
  };
}
