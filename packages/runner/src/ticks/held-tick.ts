/** A run's hold on the tick that started it: taken at the start, kept with a lease, given back with the run's status at the end. */
import { errors } from "../errors.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { Project } from "../model/project.ts";
import { thisRunner } from "../state/host.ts";
import { openStore } from "../state/open-store.ts";
import { keepHolding } from "./keep-holding.ts";
import { decideTick, tickKey } from "./tick.ts";
import { endTick, type HoldRequest, holdTick, postponeTick, type TickEnd } from "./tick-rules.ts";

/** What a run tells of its end beside its status. */
export interface EndOfRun {
  /** Rows that it loaded; null: not known. */
  rows: number | null;
  error: string | null;
}

export interface HeldTick extends AsyncDisposable {
  /** Records the run's end as that of the tick. */
  end(status: TickEnd["status"], told: EndOfRun): Promise<void>;
  /** Another run holds what this one needs: the tick waits for it. */
  postpone(reason: string): Promise<void>;
}

export interface HoldOptions {
  project: Project;
  environment: string;
  runId: string;
  /** Called when the tick was claimed for another run, because this one gave no sign of life for the length of its lease. */
  onLost(): void;
}

/** undefined: neither a schedule nor a sensor started the run. @throws tick_taken, and errors of the store */
export async function heldTickOf(
  { trigger }: JobRequest,
  { project, environment, runId, onLost }: HoldOptions,
): Promise<HeldTick | undefined> {
  if (trigger?.kind !== "schedule" && trigger?.kind !== "sensor") return undefined;
  const store = await openStore(project, environment);
  const key = tickKey(trigger.name, trigger.due_at);
  const request: HoldRequest = { key, runId, holder: thisRunner(), leaseMs: store.leaseMs };
  const hold = (): Promise<boolean> => decideTick(store, key, (values, now) => holdTick(values, request, now));
  if (!(await hold())) {
    await store[Symbol.asyncDispose]();
    throw errors.tick_taken({ name: trigger.name, dueAt: trigger.due_at, runId });
  }
  const stop = keepHolding({ hold, leaseMs: store.leaseMs, onLost });
  return {
    async end(status) {
      stop();
      await decideTick(store, key, (values, now) => endTick(values, { key, runId, status }, now));
    },
    async postpone(reason) {
      stop();
      await decideTick(store, key, (values, now) => postponeTick(values, { key, runId, reason }, now));
    },
    async [Symbol.asyncDispose]() {
      stop();
      await store[Symbol.asyncDispose]();
    },
  };
}
