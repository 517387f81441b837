/** How a migration begins, is held by one command at a time, and moves from phase to phase. Each rule is decided in one transaction. Pure. */
import type { Runner } from "../model/runner.ts";
import type { FactDecision } from "../state/facts.ts";
import { lifeOf } from "../state/host.ts";
import { type Migration, migrationKey, pastKey } from "./migration.ts";

export interface HoldRequest {
  token: string;
  runner: Runner;
  leaseMs: number;
}

export type BeginAnswer =
  | { outcome: "begun" | "resumed"; migration: Migration }
  /** Another command works on it. */
  | { outcome: "held"; migration: Migration }
  /** It is open, of other tables. */
  | { outcome: "differs"; migration: Migration };

/** Begins the migration, or goes on with the same one. One that went back is put among the past ones. */
export function beginMigration(found: Migration | undefined, wanted: Migration, hold: HoldRequest, now: Date): FactDecision<BeginAnswer> {
  const key = migrationKey(wanted);
  if (found === undefined || found.phase === "back") {
    const begun = held(wanted, hold, now);
    const past = found === undefined ? {} : { [pastKey(key, found.id)]: found };
    return { answer: { outcome: "begun", migration: begun }, write: { [key]: begun, ...past } };
  }
  if (isHeldByOther(found, hold.token, now)) return { answer: { outcome: "held", migration: found } };
  if (JSON.stringify(found.tables) !== JSON.stringify(wanted.tables)) return { answer: { outcome: "differs", migration: found } };
  const resumed = held(found, hold, now);
  return { answer: { outcome: "resumed", migration: resumed }, write: { [key]: resumed } };
}

/** Takes the migration for a command, or extends its hold. `answer`: as it is now; undefined: another command has it, or there is none. */
export function holdMigration(found: Migration | undefined, hold: HoldRequest, now: Date): FactDecision<Migration | undefined> {
  if (found === undefined || isHeldByOther(found, hold.token, now)) return { answer: undefined };
  const next = held(found, hold, now);
  return { answer: next, write: { [migrationKey(next)]: next } };
}

/** Changes what the command that holds it has found. `answer`: as it is then; undefined: another command has taken it. */
export function noteMigration(
  found: Migration | undefined,
  token: string,
  changed: Partial<Migration>,
): FactDecision<Migration | undefined> {
  if (found?.holder?.token !== token) return { answer: undefined };
  const next = { ...found, ...changed };
  return { answer: next, write: { [migrationKey(next)]: next } };
}

export function releaseMigration(found: Migration | undefined, token: string): FactDecision<null> {
  if (found?.holder?.token !== token) return { answer: null };
  return { answer: null, write: { [migrationKey(found)]: { ...found, holder: null } } };
}

/** A command on this machine that is dead holds nothing; one on another machine holds it until its lease ends. */
export function isHeldByOther({ holder }: Migration, token: string, now: Date): boolean {
  if (holder === null || holder.token === token) return false;
  const life = lifeOf(holder.runner);
  return life === "alive" || (life === "unknown" && Date.parse(holder.leaseUntil) > now.getTime());
}

function held(migration: Migration, { token, runner, leaseMs }: HoldRequest, now: Date): Migration {
  return { ...migration, holder: { token, runner, leaseUntil: new Date(now.getTime() + leaseMs).toISOString() } };
}
