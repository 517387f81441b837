/** Makes the events of a server from what a pass returned. Pure. */
import { TaplineError } from "@tapline/protocol";
import type { Tick } from "@tapline/runner";
import type { ServerEvent } from "./events.ts";
import type { PlanOutcome } from "./pass.ts";
import type { Plan } from "./plan.ts";

export function started({ name, job }: Plan, { tick, runId }: Extract<PlanOutcome, { kind: "started" }>): ServerEvent {
  return { type: "started", name, job, dueAt: tick.dueAt, runId, missed: tick.missed?.count ?? 0, files: tick.files?.length ?? 0 };
}

export function ended({ name, job }: Pick<Plan, "name" | "job">, runId: string, tick: Tick | undefined): ServerEvent {
  return { type: "ended", name, job, runId, status: tick?.status ?? "interrupted", error: tick?.error ?? null };
}

/** A fault of tapline itself is reported with its stack: the other schedules go on. @param name of a schedule or sensor; null: all */
export function problemOf(name: string | null, error: unknown): ServerEvent {
  if (error instanceof TaplineError) return { type: "problem", name, message: error.message, hint: error.hint };
  return { type: "problem", name, message: (error as Error).stack ?? String(error), hint: null };
}
