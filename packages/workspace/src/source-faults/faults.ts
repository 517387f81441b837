/** What happens to a run that reads from PostgreSQL, and to its source, at a moment of the run. */
import { setTimeout } from "node:timers/promises";
import type { PostgresServer } from "@tapline/testing/postgres";
import { pidOf, signal } from "../faults/processes.ts";
import type { Random } from "../faults/random.ts";
import { type Address, ask, changes, makeChanging } from "./source.ts";

export interface SourceFault {
  name: string;
  /** Only where tables are written to. */
  isOfMoving?: boolean;
  /** Settings of the tap for the disturbed run. */
  config?(random: Random): Record<string, unknown>;
  /** False when the run had ended before. */
  strike(victim: Victim): Promise<boolean>;
}

export interface Victim {
  /** In the environment of all processes of the run. */
  mark: string;
  isRunning(): boolean;
  server: PostgresServer;
  source: Address;
  random: Random;
}

const ownSessions = "datname = current_database() AND application_name = 'tap-postgres'";

export const sourceFaults: readonly SourceFault[] = [
  { name: "tap killed", strike: async ({ mark }) => signal(pidOf(mark, "tap"), "SIGKILL") },
  { name: "runner killed", strike: async ({ mark }) => signal(pidOf(mark, "runner"), "SIGKILL") },
  {
    name: "connection cut",
    async strike({ isRunning, source }) {
      while (isRunning()) {
        const cut = await ask(source, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ownSessions}`);
        if (cut.length > 0) return true;
        await setTimeout(10);
      }
      return false;
    },
  },
  { name: "server restarted fast", strike: restarted("fast") },
  { name: "server restarted immediately", strike: restarted("immediate") },
  {
    name: "tables altered",
    isOfMoving: true,
    async strike(victim) {
      const { source, random } = victim;
      if (!(await isReading(victim))) return false;
      // It waits for the lock while the tap reads the table.
      const [[isThere]] = (await ask(source, "SELECT to_regclass('changing') IS NOT NULL")) as [[string]];
      await ask(source, ...(isThere === "t" ? random.pick(changes).split("; ") : [makeChanging]));
      return true;
    },
  },
  {
    name: "statement timeout",
    config: (random) => ({ statement_timeout_ms: 1 + random.below(120) }),
    strike: async ({ isRunning }) => isRunning(),
  },
];

function restarted(mode: "fast" | "immediate"): SourceFault["strike"] {
  return async (victim) => {
    if (!(await isReading(victim))) return false;
    await victim.server.restart(mode);
    return true;
  };
}

/** Waits for the tap's session: it reads for a small part of a run, and a fault before or after that shows nothing. False when the run has ended. */
async function isReading({ isRunning, source }: Victim): Promise<boolean> {
  while (isRunning()) {
    const [[count]] = (await ask(source, `SELECT count(*) FROM pg_stat_activity WHERE ${ownSessions}`)) as [[string]];
    if (count !== "0") return true;
    await setTimeout(10);
  }
  return false;
}

/** Sessions of the tap that the server still has after so long. */
export async function sessionsLeft(source: Address, ms: number): Promise<number> {
  const until = Date.now() + ms;
  for (;;) {
    const [[count]] = (await ask(source, `SELECT count(*) FROM pg_stat_activity WHERE ${ownSessions}`)) as [[string]];
    if (count === "0" || Date.now() > until) return Number(count);
    await setTimeout(100);
  }
}
