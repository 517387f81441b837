/**
 * One round: a run from PostgreSQL to PostgreSQL meets a fault once or twice and is repeated until it has gone well; then the target must
 * equal the source. Where rows stand still they are appended, so that a row which came twice is there twice; where writers change them
 * they are upserted.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import { bin } from "../command.ts";
import { postgresDatabase } from "../faults/database.ts";
import { jobLimitMs, startJob } from "../faults/job.ts";
import { leftAfter, processesOf, signal } from "../faults/processes.ts";
import { randomFrom } from "../faults/random.ts";
import { type SourceFault, sessionsLeft } from "./faults.ts";
import { type Address, ask, differences, makeChanging, startSourceWriter, stillRows } from "./source.ts";

export interface SourceRound {
  fault: SourceFault;
  seed: string;
  number: number;
  server: PostgresServer;
  source: Address;
  target: PostgresServer;
  /** How long an undisturbed run takes here: moments are parts of it. */
  measuredMs: number;
}

export interface RoundEnd {
  strikes: number;
  runs: number;
  /** Runs that failed. */
  failed: number;
  shortestMs: number;
}

interface Plan {
  isMoving: boolean;
  parallel: number;
  lateRows: "auto" | "scan";
}

/** Rounds whose fault came too late are repeated. @throws Error that says what is wrong */
export async function runSourceRound(round: SourceRound): Promise<RoundEnd> {
  let { measuredMs } = round;
  for (let turn = 1; turn <= 10; turn++) {
    const end = await tryRound({ ...round, measuredMs }, `${round.seed}, ${round.fault.name}, ${round.number}, ${turn}`);
    if (end.strikes > 0) return end;
    // The machine may have been busier when the run was measured.
    measuredMs = Math.min(measuredMs, end.shortestMs);
  }
  throw new Error(`${round.fault.name}, round ${round.number}: the fault never hit a run`);
}

async function tryRound(round: SourceRound, seed: string): Promise<RoundEnd> {
  const { fault, number, source } = round;
  const random = randomFrom(seed);
  const plan: Plan = {
    isMoving: fault.isOfMoving === true || number % 2 === 0,
    parallel: random.pick([1, 1, 3]),
    lateRows: random.pick(["auto", "scan"]),
  };
  const folder = mkdtempSync(join(tmpdir(), "source-faults-"));
  await using place = await postgresDatabase(round.target);
  const target = { ...place.config } as unknown as Address;
  const wanted = 1 + random.below(2);
  const writers: { stop(): Promise<void> }[] = [];
  const end: RoundEnd = { strikes: 0, runs: 0, failed: 0, shortestMs: Number.POSITIVE_INFINITY };
  let output = "";
  // A row that is deleted between the parts of a table stays until the table is read whole.
  let calmRuns = plan.isMoving ? 2 : 1;
  const wrong: string[] = [];
  try {
    if (plan.isMoving) {
      await ask(source, makeChanging);
      writers.push(...["a", "b"].map((name) => startSourceWriter(source, randomFrom(`${seed}, writer ${name}`))));
    }
    for (let tries = 0; wrong.length === 0 && tries < 12; tries++) {
      const isStruck = end.strikes < wanted;
      if (!isStruck) for (const writer of writers.splice(0)) await writer.stop();
      writeProject(folder, source, target, plan, isStruck ? fault.config?.(random) : undefined);
      const began = performance.now();
      const run = startJob(folder);
      if (isStruck) {
        await Promise.race([setTimeout(random.share() * round.measuredMs), run.ended]);
        if (await fault.strike({ mark: basename(folder), isRunning: run.isRunning, server: round.server, source, random })) end.strikes++;
      }
      const { code, hung, text } = await run.ended;
      output = text;
      end.shortestMs = Math.min(end.shortestMs, performance.now() - began);
      end.runs++;
      if (code !== 0) end.failed++;
      if (hung) wrong.push(`hang: a run did not end within ${jobLimitMs} ms`);
      for (const { command } of await leftAfter(basename(folder), 20_000)) wrong.push(`orphan: ${command}`);
      const sessions = await sessionsLeft(source, 20_000);
      if (sessions > 0) wrong.push(`${sessions} sessions of the tap are left on the server`);
      if (!plan.isMoving) wrong.push(...(await doubled(target)));
      if (code !== 0 && !isStruck) wrong.push("a run without a fault failed");
      // A struck run may go well, for a lost server is waited for. Rows that stand still are whole then.
      if (code !== 0 || (plan.isMoving && isStruck) || --calmRuns > 0) continue;
      wrong.push(...(await differences(source, target, plan.isMoving ? "public" : "still")));
      break;
    }
    if (wrong.length > 0) throw new Error(`round ${number} (${seed}), ${JSON.stringify(plan)}\n${wrong.join("\n")}\n${output}`);
    return end;
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
    for (const { pid } of processesOf(basename(folder))) signal(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Appended rows that are there twice, or rows that never were in the source. */
async function doubled(target: Address): Promise<string[]> {
  const [[exists]] = (await ask(target, "SELECT to_regclass('still.rows') IS NOT NULL")) as [[string]];
  if (exists !== "t") return [];
  const [[rows, ids]] = (await ask(target, `SELECT count(*), count(DISTINCT id) FROM still.rows WHERE id BETWEEN 1 AND ${stillRows}`)) as [
    [string, string],
  ];
  return rows === ids ? [] : [`${rows} rows with ${ids} different ids`];
}

function writeProject(folder: string, source: Address, target: Address, plan: Plan, more: object = {}): void {
  const { isMoving, parallel, lateRows } = plan;
  const tap = { ...source, parallel, late_rows: lateRows, filter_schemas: isMoving ? "public" : "still", ...more };
  const loading = isMoving ? { hard_delete: true } : { load_method: "append-only" };
  const feed = { "public-feed": { "replication-method": "INCREMENTAL", "replication-key": "at" } };
  const plugins = {
    "tap-postgres": { executable: bin("tap-postgres"), config: tap, ...(isMoving ? { metadata: feed } : {}) },
    "target-postgres": { executable: bin("target-postgres"), config: { ...target, ...loading, batch_size_rows: 1000 } },
  };
  const jobs = { all: { steps: ["tap-postgres target-postgres"], retry: { attempts: 1 } } };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs }));
}

/** How long one undisturbed run takes. @throws where it fails */
export async function measureRun({ source, target }: Pick<SourceRound, "source" | "target">): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "source-faults-"));
  await using place = await postgresDatabase(target);
  try {
    writeProject(folder, source, place.config as unknown as Address, { isMoving: false, parallel: 1, lateRows: "auto" });
    const began = performance.now();
    const { code, text } = await startJob(folder).ended;
    if (code !== 0) throw new Error(`an undisturbed run failed: ${text}`);
    return performance.now() - began;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
