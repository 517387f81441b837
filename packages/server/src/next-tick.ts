/** What a schedule or a sensor is to run next, whether or not it may start now. */
import { resolve } from "node:path";
import { type ClaimRequest, decideTick, filesOfJob, missTick, type Project, type Store, type Tick, tickKey } from "@tapline/runner";
import { dueOf } from "./due.ts";
import { frontierOf, ticksOf } from "./frontier.ts";
import type { Plan, SchedulePlan, SensorPlan } from "./plan.ts";
import { afterLook, noMemory, type SensorMemory, stateOf, watchedFiles } from "./watched-files.ts";

export type FreshTick = ClaimRequest["fresh"];

export interface TickQuestion {
  project: Project;
  store: Store;
  /** Folders in which plugins are found. */
  binFolders: readonly string[];
  now: Date;
}

/** undefined: nothing is due. What was missed is recorded. */
export function nextTick(plan: Plan, question: TickQuestion): Promise<FreshTick | undefined> {
  return plan.kind === "schedule" ? nextOfSchedule(question.store, plan, question.now) : nextOfSensor(plan, question);
}

async function nextOfSchedule(store: Store, plan: SchedulePlan, now: Date): Promise<FreshTick | undefined> {
  const { open, since } = await frontierOf(store, plan, now);
  // One after another: later due times wait for the end of this one, or are missed.
  if (open !== undefined) return open;
  const due = dueOf({ ...plan, since, now });
  if (due === undefined) return undefined;
  const { name, job } = plan;
  const fresh: FreshTick = { name, kind: "schedule", dueAt: due.dueAt, job, missed: due.missed };
  if (!due.isMissed) return fresh;
  await decideTick(store, tickKey(name, due.dueAt), (values, at) => missTick(values, fresh, at));
  return undefined;
}

/** The look at the files, and the decision to start for them, are one transaction: two servers never start for the same files. */
async function nextOfSensor(plan: SensorPlan, question: TickQuestion): Promise<FreshTick | undefined> {
  const { project, store, now } = question;
  const { name, job, minAgeMs } = plan;
  const files = await watchedFiles(project.folder, plan);
  const known = (await store.facts.get<SensorMemory>("sensor", name)) ?? noMemory;
  const isLeft = files.some((file) => stateOf(file, known, { minAgeMs, now }).kind === "seen");
  // Most looks find nothing that was started for.
  const ticks = known.pending !== null || isLeft ? await ticksOf(store, name, mostFailures) : [];
  const [last] = ticks;
  const left =
    !isLeft || last?.endedAt == null ? undefined : await loadableAgain(plan, known, { ...question, mayRetry: mayRetry(ticks, now) });
  const pending = await store.facts.decide<SensorMemory, SensorMemory["pending"]>("sensor", [name], ([memory = noMemory]) => {
    const isOver = memory.pending !== null && last?.dueAt === memory.pending.dueAt && last.endedAt !== null;
    const before = isOver ? { ...memory, pending: null } : memory;
    const after = afterLook(left === undefined ? before : withoutSeen(before, left, question), files, { minAgeMs, now });
    const isSame = JSON.stringify(after) === JSON.stringify(memory);
    return { answer: after.pending, ...(!isSame && { write: { [name]: after } }) };
  });
  return pending === null ? undefined : { name, kind: "sensor", dueAt: pending.dueAt, job, missed: null, files: pending.files };
}

/** The taps are asked at most this often. */
const askEveryMs = 60_000;

const [firstRetryMs, longestRetryMs] = [60_000, 3_600_000];
const mostFailures = 10;

/** Files that a failed run left are tried again after a minute, then after two, four, eight … minutes, an hour at most. */
function mayRetry(newestFirst: readonly Tick[], now: Date): boolean {
  const success = newestFirst.findIndex(({ status }) => status !== "failed" && status !== "timed_out");
  const failures = success < 0 ? newestFirst.length : success;
  const ended = newestFirst[0]?.endedAt ?? null;
  if (failures === 0 || ended === null) return true;
  return now.getTime() - Date.parse(ended) >= Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
}

/**
 * A tap that puts files away may have left one although the job was started for it: it was not complete for the tap, or another file made
 * the run fail. Such a file starts the job again once a run would load it. undefined: nobody was asked.
 */
async function loadableAgain(
  { job, environment }: SensorPlan,
  memory: SensorMemory,
  { project, binFolders, now, mayRetry }: TickQuestion & { mayRetry: boolean },
): Promise<Set<string> | undefined> {
  const isEarly = memory.asked !== undefined && now.getTime() - Date.parse(memory.asked) < askEveryMs;
  if (isEarly || memory.pending !== null) return undefined;
  const listed = await filesOfJob(project, { job, environment, binFolders });
  const loadable = listed.filter(({ state, why, runId }) => state === "waiting" && (why === null || (runId !== null && mayRetry)));
  return new Set(loadable.map(({ path }) => resolve(project.folder, path)));
}

function withoutSeen(memory: SensorMemory, paths: ReadonlySet<string>, { project, now }: TickQuestion): SensorMemory {
  const seen = Object.fromEntries(Object.entries(memory.seen).filter(([path]) => !paths.has(resolve(project.folder, path))));
  return { ...memory, seen, asked: now.toISOString() };
}
