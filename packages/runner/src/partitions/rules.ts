/** How back-fills begin and end, and how their partitions are claimed, held and ended. Each rule is decided in one transaction. Pure. */

import type { Runner } from "../model/runner.ts";
import type { FactDecision } from "../state/facts.ts";
import { stillActive } from "../ticks/tick.ts";
import {
  type ActivePart,
  activePartsKey,
  type Backfill,
  type BackfillStatus,
  type BackfillValues,
  openKey,
  type Part,
  type PartValues,
  partKey,
} from "./backfill.ts";

/** After so many runs that were killed a partition has failed, until the command is given again. */
export const mostKilledParts = 3;

export type BeginAnswer =
  | { outcome: "begun"; backfill: Backfill }
  /** The same back-fill is open under another id: it is gone on with. */
  | { outcome: "resumed"; backfill: Backfill }
  | { outcome: "overlaps"; backfill: Backfill };

/** Begins the back-fill, or one that was begun again, unless it is open under another id or another one has a part of its range. */
export function beginBackfill([found, open = []]: BackfillValues, wanted: Backfill): FactDecision<BeginAnswer> {
  const others = open.filter(({ id }) => id !== wanted.id);
  const same = others.find((each) => isSame(each, wanted));
  if (same !== undefined) return { answer: { outcome: "resumed", backfill: same } };
  const other = others.find((each) => overlaps(each, wanted));
  if (other !== undefined) return { answer: { outcome: "overlaps", backfill: other } };
  const known = found?.parts ?? [];
  const parts = [...known, ...wanted.parts.filter((name) => !known.includes(name))].sort();
  const begun: Backfill = { ...(found ?? wanted), parts, status: "open", endedAt: null };
  return { answer: { outcome: "begun", backfill: begun }, write: { [begun.id]: begun, [openKey]: [...others, begun] } };
}

/** Its range is free from now on. @returns whether it was open */
export function endBackfill(
  [found, open = []]: BackfillValues,
  id: string,
  status: Exclude<BackfillStatus, "open">,
  now: Date,
): FactDecision<boolean> {
  const known = found ?? open.find((each) => each.id === id);
  if (known?.status !== "open") return { answer: false };
  const ended: Backfill = { ...known, status, endedAt: now.toISOString() };
  return { answer: true, write: { [id]: ended, [openKey]: open.filter((each) => each.id !== id) } };
}

/** Whether both ask for the same partitions in the same way, so that one goes on with the other. */
export function isSame(a: Backfill, b: Backfill): boolean {
  const fields = ["words", "environment", "from", "to", "by", "timezone", "mode", "places"] as const;
  return fields.every((field) => JSON.stringify(a[field]) === JSON.stringify(b[field]));
}

/** Days are compared: ranges of other time zones that meet within a day count as one. */
function overlaps(a: Backfill, b: Backfill): boolean {
  const isSamePipe = a.stateIds.some((id) => b.stateIds.includes(id)) && a.places.some((place) => b.places.includes(place));
  if (!isSamePipe) return false;
  return a.timezone === b.timezone ? a.from < b.to && b.from < a.to : a.from <= b.to && b.from <= a.to;
}

export type PartClaim =
  | { outcome: "claimed" }
  /** It is done, or its run is alive. */
  | { outcome: "taken"; status: Part["status"] }
  /** As many partitions of the back-fill are at work as may be. */
  | { outcome: "full" }
  /** Its runs were killed too often. */
  | { outcome: "killed" };

export interface PartRequest {
  backfill: string;
  name: string;
  stateId: string;
  runId: string;
  holder: Runner;
  leaseMs: number;
  /** How many partitions of the back-fill may be at work at once. */
  parallel: number;
  /** Attempts before these count no longer: the command was given again. */
  since: string;
}

export function claimPart([found, listed]: PartValues, request: PartRequest, now: Date): FactDecision<PartClaim> {
  const { backfill, name, stateId, runId, holder, leaseMs, parallel, since } = request;
  const key = partKey(backfill, name);
  const active = stillActive(listed, now);
  if (found?.attempts.at(-1)?.runId === runId && found.status !== "done") return { answer: { outcome: "claimed" } };
  if (found !== undefined && (found.status === "done" || active.some((each) => each.key === key)))
    return { answer: { outcome: "taken", status: found.status } };
  if (active.filter((each) => each.backfill === backfill).length >= parallel) return { answer: { outcome: "full" } };
  // A run without an end was killed.
  const attempts = (found?.attempts ?? []).map((each) => ({ end: "killed" as const, ...each }));
  if (attempts.filter(({ end, startedAt }) => end === "killed" && startedAt >= since).length >= mostKilledParts)
    return { answer: { outcome: "killed" } };
  const part: Part = {
    backfill,
    name,
    status: "claimed",
    attempts: [...attempts, { runId, startedAt: now.toISOString() }],
    rows: found?.rows ?? null,
    error: null,
    endedAt: null,
  };
  const own: ActivePart = { key, backfill, name, stateId, runId, holder, leaseUntil: after(now, leaseMs) };
  return { answer: { outcome: "claimed" }, write: { [key]: part, [activePartsKey]: [...active, own] } };
}

/** The claim is given back before its run began: it does not count. */
export function releasePart([found, listed]: PartValues, { key, runId }: { key: string; runId: string }): FactDecision<null> {
  const others = without(listed, key);
  if (found?.attempts.at(-1)?.runId !== runId) return { answer: null };
  const attempts = found.attempts.slice(0, -1);
  const before: Part | null = attempts.length === 0 ? null : { ...found, status: attempts.at(-1)?.end ?? "killed", attempts };
  return { answer: null, write: { [key]: before, [activePartsKey]: others } };
}

export interface PartHold {
  key: string;
  runId: string;
  holder: Runner;
  leaseMs: number;
}

/** The run holds its partition from now until the lease ends. @returns false: another run has it */
export function holdPart([found, listed]: PartValues, { key, runId, holder, leaseMs }: PartHold, now: Date): FactDecision<boolean> {
  const claimed = listed?.find((each) => each.key === key);
  if (found?.attempts.at(-1)?.runId !== runId || found.endedAt !== null || claimed === undefined) return { answer: false };
  const own: ActivePart = { ...claimed, runId, holder, leaseUntil: after(now, leaseMs) };
  const write = found.status === "running" ? {} : { [key]: { ...found, status: "running" } };
  return { answer: true, write: { ...write, [activePartsKey]: [...without(listed, key), own] } };
}

export interface PartEnd {
  key: string;
  runId: string;
  status: "done" | "failed" | "interrupted" | "killed";
  rows: number | null;
  error: string | null;
}

/** @returns whether this run's end is now the partition's */
export function endPart([found, listed]: PartValues, { key, runId, status, rows, error }: PartEnd, now: Date): FactDecision<boolean> {
  if (found?.attempts.at(-1)?.runId !== runId) return { answer: false };
  if (found.endedAt !== null) return { answer: found.status === status };
  const attempts =
    status === "done" ? found.attempts : found.attempts.map((each) => (each.runId === runId ? { ...each, end: status } : each));
  const sum = rows === null ? found.rows : (found.rows ?? 0) + rows;
  const ended: Part = { ...found, status, attempts, rows: sum, error, endedAt: now.toISOString() };
  return { answer: true, write: { [key]: ended, [activePartsKey]: without(listed, key) } };
}

const without = (listed: readonly ActivePart[] | undefined, key: string): ActivePart[] => (listed ?? []).filter((each) => each.key !== key);

const after = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();
