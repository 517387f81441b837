/** The faults: what is done to a load while it runs, to which loads it can be done, and whether a load has to survive it. */
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import type { Load } from "./load.ts";
import { limitFiles, type Place, type PostgresPlace } from "./place.ts";
import { type Role, signal } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Levels } from "./settings.ts";
import type { Source } from "./source.ts";

export interface Fault {
  name: string;
  /** Where not every load can meet it. */
  levels?: Partial<Levels>;
  /** What the tap sends, where the usual rows won't do. */
  source?: Partial<Source>;
  /** The tap breaks off by itself. */
  cut?(random: Random): NonNullable<Source["cut"]>;
  /** Waits for its moment and does it. False when nothing was there any more to do it to. */
  strike(victim: Victim): Promise<boolean>;
  /** Who is told to end: a 0 from there is a lie unless all was done. */
  ends?: Role;
  /** It only holds a load up: that ends well, and within so much memory. */
  survives?: boolean;
  /** Now and then the next run begins while plugins of the struck one are still there, and has to see to them itself. */
  leavesPlugins?: boolean;
}

export interface Victim {
  load: Load;
  place: Place;
  server: PostgresServer;
  source: Source;
  /** Where this start of the tap began. */
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
      await itsMoment(victim);
      return atBackends(victim, "pg_terminate_backend(pid)", (ended) => ended === "true");
    },
  },
  {
    name: "server restarted immediately",
    levels: { target: ["postgres"] },
    async strike(victim) {
      await itsMoment(victim);
      if (!victim.load.isRunning) return false;
      await victim.server.restartImmediately();
      return true;
    },
  },
  {
    name: "disk full under DuckDB",
    levels: { target: ["duckdb"] },
    async strike(victim) {
      await itsMoment(victim);
      const pid = victim.load.pid("target");
      return pid !== undefined && limitFiles(pid, 4096 * victim.random.below(200));
    },
  },
  {
    name: "disk full under PostgreSQL",
    // Its log grows by files of 16 MB, and a log that can't grow is another fault: the table has to grow past that.
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
      const place = victim.place as PostgresPlace;
      while (victim.load.isRunning && !(await place.tables()).includes("s0")) await setTimeout(20);
      if (!victim.load.isRunning) return false;
      await place.query("BEGIN", "LOCK TABLE s0 IN ACCESS EXCLUSIVE MODE", `SELECT pg_sleep(${holdMs / 1000})`, "COMMIT");
      return true;
    },
  },
];

function signalled(role: Role, name: NodeJS.Signals): Fault["strike"] {
  return async (victim) => {
    await itsMoment(victim);
    return signal(victim.load.pid(role), name);
  };
}

/** While the programs start, while rows flow, as a STATE comes out, or when the last row was just sent. */
async function itsMoment(victim: Victim): Promise<void> {
  const { load, random } = victim;
  const [phase, share] = [random.share(), random.share()];
  if (phase < 0.15) return void (await setTimeout(random.below(600)));
  await untilSent(victim, phase < 0.85 ? share : 1);
  // At once: what the STATE promises has to be there already.
  if (phase > 0.5 && phase < 0.75) await Promise.race([load.nextState(), load.ended, setTimeout(200)]);
  else await setTimeout(random.below(60));
}

/** Until the tap sent this share of what it has to send, or the load is over. */
async function untilSent({ load, source, from }: Victim, share: number): Promise<void> {
  const wanted = Math.max(from + (source.rows - from) * share, from + 1);
  while (load.isRunning && load.position() < wanted) await setTimeout(5);
}

/** Does something with the server's processes that work for the load; waits for the first one. */
async function atBackends({ place, load }: Victim, what: string, did: (answer: string) => boolean): Promise<boolean> {
  while (load.isRunning) {
    const answers = await (place as PostgresPlace).query(
      `SELECT (${what})::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    if (answers.some(([answer]) => did(answer as string))) return true;
    await setTimeout(10);
  }
  return false;
}
