/**
 * One round: writers change tables while runs capture the changes, and at random moments of the runs the tap, the target or the runner is
 * killed, or the server restarts without warning. Then the writers stop, a last run goes well, and the target must equal the source.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import { bin } from "../command.ts";
import { duckdbRows } from "../duckdb.ts";
import { postgresDatabase } from "../faults/database.ts";
import { jobLimitMs, startJob } from "../faults/job.ts";
import { leftAfter, pidOf, processesOf, type Role, signal } from "../faults/processes.ts";
import { randomFrom } from "../faults/random.ts";
import { type Address, ask, tablesIn } from "../source-faults/source.ts";
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
    const { wrong, rows } = await compare(
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

function projectOf(source: Address, plugin: "target-duckdb" | "target-postgres", config: object): object {
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

type Query = (sql: string) => Promise<(string | null)[][]>;

/** The tables that the target does not hold exactly, by a checksum over all columns that the source has. */
async function compare(source: Address, target: Query): Promise<{ wrong: string[]; rows: number }> {
  const wrong: string[] = [];
  let rows = 0;
  for (const [table, names] of await tablesIn(source, "public")) {
    const columns = names.map((name) => `"${name}"`).join(", ");
    const sql = `SELECT ${columns} FROM public.${table}`;
    const [there, here] = await Promise.all([ask(source, sql), target(sql).catch((error: Error) => error.message)]);
    rows += there.length;
    if (typeof here === "string") wrong.push(`${table}: ${here}`);
    else if (checksum(there) !== checksum(here))
      wrong.push(`${table}: ${there.length} rows in the source, ${here.length} in the target; ${firstDifference(there, here)}`);
  }
  return { wrong, rows };
}

const linesOf = (rows: (string | null)[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const checksum = (rows: (string | null)[][]): string => createHash("sha256").update(linesOf(rows).join("\n")).digest("hex");

function firstDifference(there: (string | null)[][], here: (string | null)[][]): string {
  const [a, b] = [linesOf(there), linesOf(here)];
  const [inHere, inThere] = [new Set(b), new Set(a)];
  const cut = (line: string | undefined): string => (line ?? "none").slice(0, 200);
  return `only in the source: ${cut(a.find((line) => !inHere.has(line)))}; only in the target: ${cut(b.find((line) => !inThere.has(line)))}`;
}

async function rowsOfDuckdb(filepath: string, sql: string): Promise<(string | null)[][]> {
  return (await duckdbRows(filepath, sql)).map((row) => Object.values(row));
}
