/** How ticks are claimed, held and ended. Each rule is decided in one transaction on the tick and the list of active ones. Pure. */
import type { Runner } from "../model/runner.ts";
import type { FactDecision } from "../state/facts.ts";
import {
  type ActiveTick,
  activeKey,
  type Block,
  blockOf,
  type finalStatuses,
  isFinal,
  type Limits,
  stillActive,
  type Tick,
  type TickStatus,
  tickKey,
  type Values,
} from "./tick.ts";

/** After so many runs that were killed a tick has failed. One whose run failed is not tried again. */
export const mostKills = 3;

/** A tick that could not start, because another run held its bookmark, is tried again after this time. */
const postponedMs = 30_000;

export type ClaimAnswer =
  | { outcome: "claimed" }
  /** It is final, or its run is alive. */
  | { outcome: "taken"; status: TickStatus }
  | Block;

export interface ClaimRequest {
  fresh: Omit<Tick, "status" | "attempts" | "endedAt">;
  runId: string;
  holder: Runner;
  leaseMs: number;
  limits: Limits;
}

/** Claims the tick for a new run, unless it is final, its run may be alive, or as many runs are active as may be. */
export function claimTick([found, active]: Values, request: ClaimRequest, now: Date): FactDecision<ClaimAnswer> {
  const { fresh, runId, holder, leaseMs, limits } = request;
  const key = tickKey(fresh.name, fresh.dueAt);
  const others = stillActive(active, now);
  if (found?.attempts.at(-1)?.runId === runId && !isFinal(found.status)) return { answer: { outcome: "claimed" } };
  if (found !== undefined && (isFinal(found.status) || others.some((each) => each.key === key)))
    return { answer: { outcome: "taken", status: found.status } };
  const block = blockOf(found, others, { job: fresh.job, limits }, now);
  if (block?.outcome === "postponed") return { answer: block };
  // Its run gave no sign of life and no end: it was killed.
  const attempts = (found?.attempts ?? []).map((each) => ({ end: "killed" as const, ...each }));
  if (attempts.filter(({ end }) => end === "killed").length >= mostKills) {
    const [status, error] = ["failed", `its run was killed ${mostKills} times`] as const;
    const given: Tick = { ...(found as Tick), attempts, status, error, endedAt: now.toISOString() };
    return { answer: { outcome: "taken", status }, write: { [key]: given, [activeKey]: others } };
  }
  if (block !== undefined) return { answer: block };
  const { missed } = found ?? fresh;
  const tick: Tick = {
    ...fresh,
    missed,
    status: "claimed",
    attempts: [...attempts, { runId, startedAt: now.toISOString() }],
    endedAt: null,
  };
  const own: ActiveTick = { key, job: fresh.job, runId, holder, leaseUntil: after(now, leaseMs) };
  return { answer: { outcome: "claimed" }, write: { [key]: tick, [activeKey]: [...others, own] } };
}

export interface HoldRequest {
  key: string;
  runId: string;
  holder: Runner;
  leaseMs: number;
}

/** The run holds its tick from now until the lease ends. @returns false: another run has the tick */
export function holdTick([found, active]: Values, { key, runId, holder, leaseMs }: HoldRequest, now: Date): FactDecision<boolean> {
  if (found === undefined || isFinal(found.status) || found.attempts.at(-1)?.runId !== runId) return { answer: false };
  const own: ActiveTick = { key, job: found.job, runId, holder, leaseUntil: after(now, leaseMs) };
  const others = withoutTick(active, key);
  const running: Tick = { ...found, status: "running" };
  const write = found.status === "running" ? {} : { [key]: running };
  return { answer: true, write: { ...write, [activeKey]: [...others, own] } };
}

export interface TickEnd {
  key: string;
  runId: string;
  /** interrupted: the run was stopped by SIGTERM; killed: it gave no end. Another run is to go on. */
  status: "interrupted" | "killed" | (typeof finalStatuses)[number];
  error?: string;
}

/** @returns whether this run's end is now the tick's */
export function endTick([found, active]: Values, { key, runId, status, error }: TickEnd, now: Date): FactDecision<boolean> {
  if (found === undefined || found.attempts.at(-1)?.runId !== runId) return { answer: false };
  if (isFinal(found.status)) return { answer: found.status === status };
  const isOver = status !== "interrupted" && status !== "killed";
  const attempts = isOver ? found.attempts : found.attempts.map((each) => (each.runId === runId ? { ...each, end: status } : each));
  const ended: Tick = {
    ...found,
    ...(error !== undefined && { error }),
    attempts,
    status: isOver ? status : "interrupted",
    endedAt: isOver ? now.toISOString() : null,
  };
  return { answer: true, write: { [key]: ended, [activeKey]: withoutTick(active, key) } };
}

/** The run could not begin, because another run holds what it needs: the tick waits, and this attempt does not count. */
export function postponeTick(
  [found, active]: Values,
  { key, runId, reason }: { key: string; runId: string; reason: string },
  now: Date,
): FactDecision<boolean> {
  if (found === undefined || isFinal(found.status) || found.attempts.at(-1)?.runId !== runId) return { answer: false };
  const postponed = { until: after(now, postponedMs), reason };
  const waiting: Tick = { ...found, status: "interrupted", attempts: found.attempts.slice(0, -1), postponed };
  return { answer: true, write: { [key]: waiting, [activeKey]: withoutTick(active, key) } };
}

/** Due times that nothing runs for any more are recorded under the last of them. */
export function missTick([found]: Values, fresh: ClaimRequest["fresh"], now: Date): FactDecision<null> {
  if (found !== undefined) return { answer: null };
  const missed: Tick = { ...fresh, status: "missed", attempts: [], endedAt: now.toISOString() };
  return { answer: null, write: { [tickKey(fresh.name, fresh.dueAt)]: missed } };
}

const withoutTick = (active: readonly ActiveTick[] | undefined, key: string): ActiveTick[] =>
  (active ?? []).filter((each) => each.key !== key);

const after = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();
