/**
 * One round: writers change tables while runs capture the changes, and at random moments of the runs the tap, the target or the runner is
 * killed, or the server restarts without warning. Then the writers stop, a last run goes well, and the target must equal the source.
 */
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import type { Role } from "../faults/processes.ts";
import { randomFrom } from "../faults/random.ts";
import { type Address, ask } from "../source-faults/source.ts";
import { calmRuns, capturePipe, failed, type Into } from "./pipe.ts";
import { makeTables, startCaptureWriter } from "./tables.ts";

export interface CaptureRound {
  seed: string;
  number: number;
  into: Into;
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

/** What a strike hits. */
export const victims: readonly (Role | "server")[] = ["tap", "tap", "target", "target", "runner", "server"];

/** @throws Error that says what is wrong */
export async function runCaptureRound({ seed: base, number, into, server, target }: CaptureRound): Promise<CaptureEnd> {
  const seed = `${base}, ${into}, ${number}`;
  const random = randomFrom(seed);
  const source: Address = { ...server.address, database: `capture_${into.toLowerCase()}_${number}_${process.pid}` };
  await ask({ ...server.address, database: "postgres" }, `CREATE DATABASE ${source.database}`);
  await ask(source, ...makeTables);
  await using pipe = await capturePipe(source, into, target);
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
  let lengthMs = 4000;
  try {
    for (let turn = 0; turn < strikes; turn++) {
      const began = performance.now();
      const job = pipe.start();
      await Promise.race([setTimeout(random.share() * lengthMs), job.ended]);
      const victim = random.pick(victims);
      if (job.isRunning() && victim === "server") {
        await server.restart("immediate");
        end.restarts++;
      } else if (job.isRunning() && pipe.kill(victim as Role)) end.kills++;
      const code = await pipe.end(job);
      if (code !== 0) end.failed++;
      else lengthMs = Math.max(1500, performance.now() - began);
    }
    await stopWriters();
    await calmRuns(pipe);
    end.runs = pipe.outputs.length;
    const { wrong, rows } = await pipe.compare();
    end.rows = rows;
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    return end;
  } catch (error) {
    throw failed(`round ${number} (${seed})`, error, pipe);
  } finally {
    await stopWriters();
    await ask(
      source,
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND active_pid IS NULL",
    ).catch(() => {});
  }
}
