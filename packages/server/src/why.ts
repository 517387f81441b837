/** Why a job does not run: what each schedule and sensor waits for, without starting or changing anything. */
import { type ActiveTick, activeKey, blockOf, isFinal, type Project, type Store, stillActive, type Tick } from "@tapline/runner";
import { dueOf } from "./due.ts";
import { newestTick, type ScheduleMemory, sinceOf } from "./frontier.ts";
import { aliveServers } from "./heartbeat.ts";
import { type Waiting, waitingFor } from "./pass.ts";
import { pauseOf } from "./pause.ts";
import { limitsOf, type Plan, plansNamed, plansOf, type SensorPlan } from "./plan.ts";
import { storesOf } from "./stores.ts";
import { type FileState, noMemory, type SensorMemory, stateOf, watchedFiles } from "./watched-files.ts";

export interface FileWhy {
  path: string;
  state: FileState;
}

export interface Why {
  kind: Plan["kind"];
  name: string;
  job: string;
  environment: string;
  /** What was decided about it last; null: nothing yet. */
  last: Tick | null;
  /** ISO 8601, in UTC; null for a sensor. */
  nextDue: string | null;
  /** The due time that has come and is not over; null: nothing is due. */
  due: string | null;
  /** What it waits for; null: nothing. */
  waiting: Waiting | { reason: "no_server" } | null;
  /** Of a sensor: what its patterns match. */
  files: FileWhy[];
}

/**
 * @param name of a schedule, a sensor or a job; undefined: all
 * @throws name_unknown, what is wrong with the schedules in tapline.yml, and errors of the store
 */
export async function whyNot(project: Project, name: string | undefined, now: Date): Promise<Why[]> {
  const chosen = name === undefined ? plansOf(project) : plansNamed(project, name);
  await using stores = storesOf(project);
  const found: Why[] = [];
  for (const plan of chosen) found.push(await whyPlan(project, await stores.storeOf(plan.environment), plan, now));
  return found;
}

/** @throws errors of the store, and of files that can't be listed */
export async function whyPlan(project: Project, store: Store, plan: Plan, now: Date): Promise<Why> {
  const last = await newestTick(store, plan.name);
  const open = last !== undefined && !isFinal(last.status) ? last : undefined;
  const [due, files] =
    plan.kind === "schedule" ? [await dueTime(store, plan, { last, now }), []] : await filesOf(project, store, plan, now);
  const waitsFor = open?.dueAt ?? due;
  return {
    kind: plan.kind,
    name: plan.name,
    job: plan.job,
    environment: plan.environment,
    last: last ?? null,
    nextDue: plan.kind === "schedule" ? (plan.cron.nextRun(now)?.toISOString() ?? null) : null,
    due: waitsFor,
    waiting: await waitingOf(project, store, plan, { open, due: waitsFor, now }),
    files,
  };
}

async function dueTime(
  store: Store,
  plan: Extract<Plan, { kind: "schedule" }>,
  { last, now }: { last: Tick | undefined; now: Date },
): Promise<string | null> {
  const memory = await store.facts.get<ScheduleMemory>("schedule", plan.name);
  // No server has seen it as it is now: it counts from then on.
  if (memory?.signature !== plan.signature) return null;
  const due = dueOf({ ...plan, since: sinceOf(memory.since, last), now });
  return due === undefined || due.isMissed ? null : due.dueAt;
}

async function filesOf({ folder }: Project, store: Store, plan: SensorPlan, now: Date): Promise<[due: string | null, files: FileWhy[]]> {
  const memory = (await store.facts.get<SensorMemory>("sensor", plan.name)) ?? noMemory;
  const files = await watchedFiles(folder, plan);
  return [
    memory.pending?.dueAt ?? null,
    files.map((file) => ({ path: file.path, state: stateOf(file, memory, { minAgeMs: plan.minAgeMs, now }) })),
  ];
}

interface Question {
  open: Tick | undefined;
  due: string | null;
  now: Date;
}

async function waitingOf(project: Project, store: Store, plan: Plan, { open, due, now }: Question): Promise<Why["waiting"]> {
  const paused = await pauseOf(store, plan);
  if (paused !== undefined) return { reason: "paused", name: paused.name, since: paused.since, why: paused.reason };
  const active = stillActive(await store.facts.get<ActiveTick[]>("tick", activeKey), now);
  const own = active.find(({ key }) => open !== undefined && key === `${open.name}/${open.dueAt}`);
  if (own !== undefined) return { reason: "running", runId: own.runId };
  if ((await aliveServers(store, now)).length === 0) return { reason: "no_server" };
  if (due === null) return null;
  const block = blockOf(open, active, { job: plan.job, limits: limitsOf(project, plan) }, now);
  return block === undefined ? null : waitingFor(block);
}
