/**
 * Who may run, who may save, and which state a run starts from: the same rules for every store. Each takes what is known about a state id
 * and returns an answer and what to write. Pure, except that they check whether processes of this machine are alive.
 */

import type { RunStatus } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { LastCommits } from "../model/last-commits.ts";
import type { ProcessIdentity } from "../model/runner.ts";
import { isAlive } from "../process/liveness.ts";
import type { Decision, Entry, RunRow } from "./backend.ts";
import { isHere, lifeOf, thisRunner } from "./host.ts";
import type { Change, Claim, OpenRun, PreviousRun, RunKey, Start, StoredState } from "./store.ts";

/** What the rules need besides what is stored. */
export interface Moment {
  now: Date;
  /** Whether this process let go of a run whose end is not recorded. */
  isOver(runId: string): boolean;
}

export function claim(entry: Entry, { runId, stateId }: RunKey, moment: Moment & { leaseMs: number }): Decision<Claim> {
  const { now, leaseMs } = moment;
  const others = entry.open.filter((run) => run.runId !== runId);
  for (const run of others) {
    if (isHeld(run, moment)) return { answer: { outcome: "busy", run } };
    if (hasLeftovers(run)) return { answer: { outcome: "leftover", run } };
  }
  const ended = others.map((run) => crashed(run, entry, now));
  const last = ended.find((run) => run.runId === entry.previous?.runId) ?? entry.previous;
  const before = entry.state?.value ?? null;
  const run: RunRow = {
    runId,
    stateId,
    kind: "run",
    status: "running",
    startedAt: now.toISOString(),
    endedAt: null,
    runner: thisRunner(),
    leaseUntil: leaseEnd(now, leaseMs),
    children: [],
    before,
    after: null,
    lastCommits: last?.lastCommits ?? {},
    isSettled: false,
  };
  return {
    answer: { outcome: "claimed", previous: last === undefined ? null : previousOf(last) },
    runs: [...ended, run],
  };
}

export function holder({ open }: Entry, moment: Moment): RunRow | undefined {
  return open.find((run) => isHeld(run, moment) || hasLeftovers(run));
}

function previousOf({ runId, status, lastCommits }: RunRow): PreviousRun {
  return { runId, status, lastCommits };
}

/** Both in one transaction: a run that died in between would hide the run whose state was to be taken. */
export function settle(entry: Entry, key: RunKey, start: Start, now: Date): Decision<StoredState | undefined> {
  const { taken, lastCommits, kind = "run" } = start;
  const run = own(entry, key);
  const state = taken === null ? entry.state : { stateId: key.stateId, updatedAt: now.toISOString(), ...taken };
  const settled: RunRow = {
    ...run,
    kind,
    isSettled: true,
    before: state?.value ?? null,
    lastCommits,
  };
  return { answer: state, runs: [settled], states: taken === null || state === undefined ? [] : [state] };
}

export function save(entry: Entry, key: RunKey, value: string, lastCommits: LastCommits | undefined, now: Date): Decision<void> {
  return { ...saveCommits(entry, key, lastCommits), states: [{ ...key, value, updatedAt: now.toISOString() }] };
}

export function saveCommits(entry: Entry, key: RunKey, lastCommits: LastCommits | undefined): Decision<void> {
  const run = own(entry, key);
  const isKnown = lastCommits === undefined || JSON.stringify(lastCommits) === JSON.stringify(run.lastCommits);
  return { answer: undefined, runs: isKnown ? [] : [{ ...run, lastCommits }] };
}

export function noteChild(entry: Entry, key: RunKey, child: ProcessIdentity): Decision<void> {
  const run = own(entry, key);
  const others = run.children.filter(({ pid }) => pid !== child.pid);
  return { answer: undefined, runs: [{ ...run, children: [...others, child] }] };
}

export function beat(entry: Entry, key: RunKey, now: Date, leaseMs: number): Decision<void> {
  return { answer: undefined, runs: [{ ...own(entry, key), leaseUntil: leaseEnd(now, leaseMs) }] };
}

export function markCrashed(entry: Entry, key: RunKey, now: Date): Decision<void> {
  const runs = entry.open.filter(({ runId }) => runId === key.runId);
  return { answer: undefined, runs: runs.map((run) => crashed(run, entry, now)) };
}

export function end(entry: Entry, key: RunKey, status: RunStatus, lastCommits: LastCommits | undefined, now: Date): Decision<void> {
  const runs = entry.open.filter(({ runId }) => runId === key.runId);
  const known = lastCommits === undefined ? {} : { lastCommits };
  return { answer: undefined, runs: runs.map((run) => ({ ...crashed(run, entry, now), ...known, status })) };
}

export function change(entries: readonly Entry[], changes: readonly Change[], moment: Moment): Decision<void> {
  const decisions = entries.map((entry, index) => changeOne(entry, changes[index] as Change, moment));
  return {
    answer: undefined,
    runs: decisions.flatMap(({ runs = [] }) => runs),
    states: decisions.flatMap(({ states = [] }) => states),
  };
}

export function alreadyRunning(stateId: string, { runId, runner, startedAt, leaseUntil }: OpenRun): Error {
  const where = isHere(runner) ? `process ${runner.pid}` : `on ${runner.hostname ?? "another machine"}, alive until ${leaseUntil} at least`;
  return errors.already_running({ stateId, runId, where, started: startedAt });
}

function changeOne(entry: Entry, { runId, stateId, kind, value, expected, lastCommits = {} }: Change, moment: Moment): Decision<void> {
  const { now } = moment;
  // The change is already made: the answer to the first try was lost.
  if (entry.previous?.runId === runId) return { answer: undefined };
  const held = entry.open.find((run) => isHeld(run, moment));
  if (held !== undefined) throw alreadyRunning(stateId, held);
  const before = entry.state?.value ?? null;
  if (expected !== undefined && expected !== before) throw errors.state_changed({ stateId, runId: entry.state?.runId });
  const at = now.toISOString();
  const row: RunRow = {
    runId,
    stateId,
    kind,
    status: "done",
    startedAt: at,
    endedAt: at,
    runner: thisRunner(),
    leaseUntil: null,
    children: [],
    before,
    after: value,
    lastCommits,
    isSettled: true,
  };
  // A run of another machine that comes back late must not overwrite this change. Processes that a crash left here are stopped by the next run.
  const ended = entry.open.filter((run) => !hasLeftovers(run)).map((run) => crashed(run, entry, now));
  return {
    answer: undefined,
    runs: [...ended, row],
    states: [value === null ? { stateId, value } : { stateId, value, updatedAt: at, runId }],
  };
}

/** @throws lease_lost */
function own(entry: Entry, { runId, stateId }: RunKey): RunRow {
  const run = entry.open.find((one) => one.runId === runId);
  if (run === undefined) throw errors.lease_lost({ stateId, runId, by: entry.previous?.runId });
  return run;
}

/**
 * Whether a run may still be at work. A living runner of this machine is not enough: a process that goes on for months may have ended
 * the run without being able to record it. Then its lease runs out, and no plugin of the run is left. A runner that is only suspended
 * still has its plugins.
 */
function isHeld({ runId, runner, leaseUntil, children }: RunRow, { now, isOver }: Moment): boolean {
  const life = lifeOf(runner);
  if (life === "dead" || isOver(runId)) return false;
  const isLeased = leaseUntil !== null && Date.parse(leaseUntil) > now.getTime();
  if (life === "unknown" || isLeased) return isLeased;
  return leaseUntil === null || children.some(isAlive);
}

function hasLeftovers({ runner, children }: RunRow): boolean {
  return isHere(runner) && children.some(isAlive);
}

function crashed(run: RunRow, { state }: Entry, now: Date): RunRow {
  return { ...run, status: "crashed", endedAt: now.toISOString(), after: state?.value ?? null };
}

function leaseEnd(now: Date, leaseMs: number): string {
  return new Date(now.getTime() + leaseMs).toISOString();
}
