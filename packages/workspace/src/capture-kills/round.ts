/**
 * One round: writers change tables while runs capture the changes, and at random moments of the runs the tap, the target or the runner is
 * killed, or the server restarts without warning. Then the writers stop, a last run goes well, and the target must equal the source.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import { bin } from "../command.ts";
import { postgresDatabase } from "../faults/database.ts";
import { jobLimitMs, startJob } from "../faults/job.ts";
import { leftAfter, pidOf, processesOf, type Role, signal } from "../faults/processes.ts";
import { randomFrom } from "../faults/random.ts";
import { compareWithPostgres, rowsOfDuckdb } from "../source-faults/compare-tables.ts";
import { type Address, ask } from "../source-faults/source.ts";
import { makeTables, startCaptureWriter } from "./tables.ts";

export interface CaptureRound {
  seed: string;
  number: number;
  into: "PostgreSQL" | "DuckDB";
  server: PostgresServer;
  target: PostgresServer;
}

export interface CaptureEnd {
  kills: number;
  restarts: number;
  runs: number;
  failed: number;
  commits: number;
  rollbacks: number;
  alterations: number;
  rows: number;
}

/** Struck runs of a round. */
const strikes = 5;

/** @throws Error that says what is wrong */
export async function runCaptureRound({ seed: base, number, into, server, target }: CaptureRound): Promise<CaptureEnd> {
  const seed = `${base}, ${into}, ${number}`;
  const random = randomFrom(seed);
  const folder = mkdtempSync(join(tmpdir(), "capture-kills-"));
  const mark = basename(folder);
  const source: Address = { ...server.address, database: `capture_${into.toLowerCase()}_${number}_${process.pid}` };
  await ask({ ...server.address, database: "postgres" }, `CREATE DATABASE ${source.database}`);
  await ask(source, ...makeTables);
  await using place = await postgresDatabase(target);
  const filepath = join(folder, "copy.duckdb");
  const plugin = into === "DuckDB" ? "target-duckdb" : "target-postgres";
  const config = into === "DuckDB" ? { filepath } : place.config;
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify(projectOf(source, plugin, config)));
  const end: CaptureEnd = { kills: 0, restarts: 0, runs: 0, failed: 0, commits: 0, rollbacks: 0, alterations: 0, rows: 0 };
  const writers = ["a", "b", "c"].map((name) => startCaptureWriter(source, randomFrom(`${seed}, writer ${name}`)));
  const stopWriters = async (): Promise<void> => {
    for (const writer of writers.splice(0)) {
      const { commits, rollbacks, alterations } = await writer.stop();
      end.commits += commits;
      end.rollbacks += rollbacks;
      end.alterations += alterations;
    }
  };
  const outputs: string[] = [];
  // With the kept catalog, so that a run meets tables that were altered since.
  const run = (): ReturnType<typeof startJob> => startJob(folder, { refreshes: false });
  let lengthMs = 4000;
  try {
    for (let turn = 0; turn < strikes; turn++) {
      const began = performance.now();
      const job = run();
      await Promise.race([setTimeout(random.share() * lengthMs), job.ended]);
      const victim = random.pick<Role | "server">(["tap", "tap", "target", "target", "runner", "server"]);
      if (job.isRunning() && victim === "server") {
        await server.restart("immediate");
        end.restarts++;
      } else if (job.isRunning() && signal(pidOf(mark, victim as Role), "SIGKILL")) end.kills++;
      const { code, hung, text } = await job.ended;
      outputs.push(text);
      if (hung) throw new Error(`a run did not end within ${jobLimitMs} ms`);
      end.runs++;
      if (code !== 0) end.failed++;
      else lengthMs = Math.max(1500, performance.now() - began);
      const orphans = await leftAfter(mark, 20_000);
      if (orphans.length > 0) throw new Error(`orphans: ${orphans.map(({ command }) => command).join(", ")}`);
    }
    await stopWriters();
    // The first one may meet what an ALTER TABLE left for the next run.
    for (let calm = 0; calm < 2; calm++) {
      const { code, text } = await run().ended;
      outputs.push(text);
      end.runs++;
      if (code !== 0) throw new Error("a run without a fault failed");
    }
    const { wrong, rows } = await compareWithPostgres(
      source,
      into === "DuckDB" ? (sql) => rowsOfDuckdb(filepath, sql) : (sql) => ask(place.config as unknown as Address, sql),
    );
    end.rows = rows;
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    return end;
  } catch (error) {
    throw new Error(`round ${number} (${seed}): ${(error as Error).message}\n${outputs.map((text) => text.slice(-3000)).join("\n---\n")}`);
  } finally {
    await stopWriters();
    for (const { pid } of processesOf(mark)) signal(pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    await ask(
      source,
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND active_pid IS NULL",
    ).catch(() => {});
  }
}

/** What taps are run with: the job `all`. */
export function projectOf(source: Address, plugin: "target-duckdb" | "target-postgres", config: object): object {
  const tap = { ...source, default_replication_method: "LOG_BASED" };
  const loading = { hard_delete: true, commit_after_ms: 500 };
  return {
    plugins: {
      "tap-postgres": { executable: bin("tap-postgres"), config: tap },
      [plugin]: { executable: bin(plugin), config: { ...config, ...loading } },
    },
    jobs: { all: { steps: [`tap-postgres ${plugin}`], retry: { attempts: 1 } } },
  };
}
