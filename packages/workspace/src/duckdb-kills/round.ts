/** One round: a run from DuckDB or files into DuckDB is killed up to three times, and run again until it ends; then the target has the rows of the source. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { bin } from "../command.ts";
import { startJob } from "../faults/job.ts";
import { leftAfter, pidOf, processesOf, type Role, signal } from "../faults/processes.ts";
import { randomFrom } from "../faults/random.ts";
import type { KilledSource } from "./sources.ts";

export interface KillRound {
  source: KilledSource;
  victim: Role;
  seed: string;
}

export interface KillRoundEnd {
  /** Runs that were killed before they ended. */
  kills: number;
  runs: number;
  /** The shortest run that was not killed, or what it was thought to be. */
  runMs: number;
}

const mostKills = 3;

/** Rounds whose kills came too late are repeated. @throws Error that says what is wrong */
export async function runKillRound(round: KillRound): Promise<KillRoundEnd> {
  let runMs = 2500;
  for (let turn = 1; turn <= 10; turn++) {
    const end = await tryRound({ ...round, seed: `${round.seed}, ${turn}` }, runMs);
    if (end.kills > 0) return end;
    runMs = end.runMs;
  }
  throw new Error(`${round.source.name}, ${round.victim} killed: no kill ever hit a run`);
}

async function tryRound({ source, victim, seed }: KillRound, runMs: number): Promise<KillRoundEnd> {
  const random = randomFrom(seed);
  const folder = mkdtempSync(join(tmpdir(), "duckdb-kills-"));
  const end: KillRoundEnd = { kills: 0, runs: 0, runMs };
  try {
    await source.make(folder);
    writeProject(folder, source);
    for (let step = 1; ; step++) {
      const mayKill = end.kills < mostKills && step <= 3 * mostKills;
      const began = performance.now();
      const run = startJob(folder);
      const isKilled = mayKill && (await killed(basename(folder), victim, random.share() * end.runMs, run.ended));
      const { code, text } = await run.ended;
      end.runs++;
      if (isKilled) end.kills++;
      else end.runMs = Math.min(end.runMs, performance.now() - began);
      const fail = (what: string): Error => new Error(`${source.name}, ${victim} killed, ${seed}, run ${step}: ${what}\n${text}`);
      const [left] = await leftAfter(basename(folder), 20_000);
      if (left !== undefined) throw fail(`a process is left: ${left.command}`);
      if (code !== 0 && !isKilled) throw fail("a run that was not killed failed");
      const wrong = await differences(folder, source, code === 0);
      if (wrong !== undefined) throw fail(wrong);
      if (code === 0 && (!mayKill || source.isRepeated)) return end;
      if (random.below(2) === 0) await source.change?.(folder, step);
    }
  } finally {
    for (const { pid } of processesOf(basename(folder))) signal(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function killed(mark: string, victim: Role, afterMs: number, ended: Promise<unknown>): Promise<boolean> {
  await Promise.race([setTimeout(afterMs), ended]);
  return signal(pidOf(mark, victim), "SIGKILL");
}

const targetFile = (folder: string): string => join(folder, "loaded.duckdb");

/** What the target lacks or has too often; without `isWhole` only what it has twice, which nothing mends later. */
async function differences(folder: string, source: KilledSource, isWhole: boolean): Promise<string | undefined> {
  if (!existsSync(targetFile(folder))) return isWhole ? "the target has no file" : undefined;
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const count = async (sql: string): Promise<number> => Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
  try {
    const shop = join(folder, "shop.duckdb");
    for (const [path, name] of [[targetFile(folder), "loaded"], ...(existsSync(shop) ? [[shop, "shop"]] : [])])
      await connection.run(`ATTACH '${path}' AS ${name} (READ_ONLY)`);
    const exists = await count("SELECT count(*) FROM duckdb_tables() WHERE database_name = 'loaded' AND table_name = 'rows'");
    if (exists === 0) return isWhole ? "the target has no table" : undefined;
    const there = "SELECT id, v, body FROM loaded.main.rows";
    const here = `SELECT id, v, body FROM ${source.rows(folder)}`;
    const twice = await count(`SELECT count(*) - count(DISTINCT id) FROM loaded.main.rows`);
    if (twice > 0) return `${twice} rows are there twice`;
    if (!isWhole) return undefined;
    const lost = await count(`SELECT count(*) FROM (${here} EXCEPT ALL ${there})`);
    const more = await count(`SELECT count(*) FROM (${there} EXCEPT ALL ${here})`);
    return lost + more === 0 ? undefined : `${lost} rows are lost, ${more} are not in the source`;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function writeProject(folder: string, { tap, metadata, target }: KilledSource): void {
  const plugins = {
    "tap-duckdb": { executable: bin("tap-duckdb"), config: tap(folder), ...(metadata === undefined ? {} : { metadata }) },
    "target-duckdb": { executable: bin("target-duckdb"), config: { filepath: targetFile(folder), batch_size_rows: 1000, ...target } },
  };
  const jobs = { all: { steps: ["tap-duckdb target-duckdb"], retry: { attempts: 1 } } };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs }));
}
