/** The faults: what is done to a load while it runs, which loads it applies to, and whether the load must survive it. */
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import { limitFiles, type PostgresDatabase, type RoundDatabase } from "./database.ts";
import type { Load } from "./load.ts";
import { type Role, signal } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Levels } from "./settings.ts";
import type { Source } from "./source.ts";

export interface Fault {
  name: string;
  /** Settings the fault is limited to, where it does not apply to every load. */
  levels?: Partial<Levels>;
  /** Settings of the tap that replace the usual ones. */
  source?: Partial<Source>;
  /** The tap stops by itself in the middle of its output. */
  cut?(random: Random): NonNullable<Source["cut"]>;
  /** Waits for the right moment, then acts. False when the victim had already ended. */
  strike(victim: Victim): Promise<boolean>;
  /** The process that is stopped. If it exits with 0 although not all rows were loaded, the test fails. */
  ends?: Role;
  /** It only delays the load, which must end well and within its memory limit. */
  survives?: boolean;
  /** In some rounds the next run starts while plugins of the killed one are still running and must deal with them. */
  leavesPlugins?: boolean;
}

export interface Victim {
  load: Load;
  place: RoundDatabase;
  server: PostgresServer;
  source: Source;
  /** The row number that this start of the tap continued from. */
  from: number;
  random: Random;
}

const holdMs = 2000;

export const faults: readonly Fault[] = [
  { name: "tap killed", ends: "tap", strike: signalled("tap", "SIGKILL") },
  { name: "tap terminated", ends: "tap", strike: signalled("tap", "SIGTERM") },
  { name: "target killed", ends: "target", strike: signalled("target", "SIGKILL") },
  { name: "target terminated", ends: "target", strike: signalled("target", "SIGTERM") },
  { name: "runner killed", levels: { way: ["runner"] }, ends: "runner", strike: signalled("runner", "SIGKILL"), leavesPlugins: true },
  { name: "runner terminated", levels: { way: ["runner"] }, ends: "runner", strike: signalled("runner", "SIGTERM") },
  {
    name: "target killed late in a long load",
    levels: { commit_after_ms: [100], strikes: [1] },
    source: { pause_ms: 36 },
    async strike(victim) {
      await untilSent(victim, 0.85 + victim.random.share() * 0.15);
      return signal(victim.load.pid("target"), "SIGKILL");
    },
  },
  {
    name: "connection killed by the server",
    levels: { target: ["postgres"] },
    async strike(victim) {
      await randomMoment(victim);
      return atBackends(victim, "pg_terminate_backend(pid)", (ended) => ended === "true");
    },
  },
  {
    name: "server restarted immediately",
    levels: { target: ["postgres"] },
    async strike(victim) {
      await randomMoment(victim);
      if (!victim.load.isRunning) return false;
      await victim.server.restart("immediate");
      return true;
    },
  },
  {
    name: "disk full under DuckDB",
    levels: { target: ["duckdb"] },
    async strike(victim) {
      await randomMoment(victim);
      const pid = victim.load.pid("target");
      return pid !== undefined && limitFiles(pid, 4096 * victim.random.below(200));
    },
  },
  {
    name: "disk full under PostgreSQL",
    // The write-ahead log grows in files of 16 MB. The table must grow past that, because a full log is a different fault.
    levels: { target: ["postgres"], streams: [1], strikes: [1] },
    source: { rows: 20_000, keys: 1_000_000_000, row_bytes: 1500, pause_ms: 2 },
    async strike(victim) {
      await untilSent(victim, victim.random.share() / 3);
      return atBackends(victim, "pid", (pid) => limitFiles(Number(pid), 17 * 2 ** 20));
    },
  },
  {
    name: "input cut",
    cut: (random) => {
      const half = random.share() < 0.5;
      return { after: 0, half, code: half ? random.below(2) : 1 };
    },
    async strike({ load }) {
      await load.ended;
      return true;
    },
  },
  {
    name: "slow reader of STATE",
    levels: { strikes: [1] },
    source: { rows: 15_000, keys: 2000, row_bytes: 6000, pause_ms: 0, state_bytes: 20_000 },
    survives: true,
    async strike(victim) {
      await untilSent(victim, victim.random.share() / 2);
      await victim.load.holdStates(holdMs);
      return true;
    },
  },
  {
    name: "slow database",
    levels: { target: ["postgres"], strikes: [1] },
    source: { rows: 15_000, keys: 2000, row_bytes: 6000, pause_ms: 0 },
    survives: true,
    async strike(victim) {
      const place = victim.place as PostgresDatabase;
      while (victim.load.isRunning && !(await place.tables()).includes("s0")) await setTimeout(20);
      if (!victim.load.isRunning) return false;
      await place.query("BEGIN", "LOCK TABLE s0 IN ACCESS EXCLUSIVE MODE", `SELECT pg_sleep(${holdMs / 1000})`, "COMMIT");
      return true;
    },
  },
];

function signalled(role: Role, name: NodeJS.Signals): Fault["strike"] {
  return async (victim) => {
    await randomMoment(victim);
    return signal(victim.load.pid(role), name);
  };
}

/** A random moment: during start-up, while rows flow, when a STATE is emitted, or just after the last row. */
async function randomMoment(victim: Victim): Promise<void> {
  const { load, random } = victim;
  const [phase, share] = [random.share(), random.share()];
  if (phase < 0.15) return void (await setTimeout(random.below(600)));
  await untilSent(victim, phase < 0.85 ? share : 1);
  // Act at once: the rows the STATE covers must already be in the database.
  if (phase > 0.5 && phase < 0.75) await Promise.race([load.nextState(), load.ended, setTimeout(200)]);
  else await setTimeout(random.below(60));
}

/** Waits until the tap has sent this share of its remaining rows, or the load has ended. */
async function untilSent({ load, source, from }: Victim, share: number): Promise<void> {
  const wanted = Math.max(from + (source.rows - from) * share, from + 1);
  while (load.isRunning && load.position() < wanted) await setTimeout(5);
}

/** Runs an expression over the server processes that serve the load, once there is one. True when `did` accepts an answer. */
async function atBackends({ place, load }: Victim, what: string, did: (answer: string) => boolean): Promise<boolean> {
  while (load.isRunning) {
    const answers = await (place as PostgresDatabase).query(
      `SELECT (${what})::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    if (answers.some(([answer]) => did(answer as string))) return true;
    await setTimeout(10);
  }
  return false;
}
