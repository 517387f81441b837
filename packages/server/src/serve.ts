/**
 * The server: looks at schedules and sensors all the time and starts their runs, each as a process of its own. It may be killed at any
 * moment: the runs go on, and what it did not start is started by the next server, by the facts in the store.
 */
import { statSync } from "node:fs";
import { openProject, type Project } from "@tapline/runner";
import type { Clock } from "./clock.ts";
import { ended, problemOf, started } from "./describe-event.ts";
import { eachMinute } from "./each-minute.ts";
import { errors } from "./errors.ts";
import type { ServerEvent } from "./events.ts";
import { lastSuccess } from "./frontier.ts";
import { noteServer } from "./heartbeat.ts";
import { listen } from "./http.ts";
import { createMeter } from "./meter.ts";
import { passPlan, type Waiting } from "./pass.ts";
import { type Plan, plansOf } from "./plan.ts";
import type { StartedRun, StartRun } from "./start-run.ts";
import { replaceableStores } from "./stores.ts";

export interface ServeOptions {
  project: Project;
  start: StartRun;
  clock: Clock;
  /** 0: any free port. */
  port: number;
  /** Ends the server. */
  stop: AbortSignal;
  /** At the end the runs go on by themselves, instead of being stopped. */
  leaveRuns: boolean;
  /** Other servers, `tapline pause` and a changed tapline.yml are noticed after this time at the latest. Default: 15 s. */
  refreshMs?: number;
  onEvent(event: ServerEvent): void;
}

/** How often files are looked at, and what waits is tried again. */
const pollMs = 2000;

interface Known {
  plan: Plan;
  /** When it is looked at next. */
  checkAt: number;
  waiting: Waiting | undefined;
}

/** Resolves when it was stopped and its runs ended. @throws nothing_scheduled, port_taken, and what is wrong with tapline.yml at the start */
export async function serve({
  project: first,
  start,
  clock,
  port,
  stop,
  leaveRuns,
  refreshMs = 15_000,
  onEvent,
}: ServeOptions): Promise<void> {
  const meter = createMeter(clock);
  const report = (event: ServerEvent): void => {
    meter.note(event);
    onEvent(event);
  };
  const tellPeople = eachMinute(clock, report);
  let project = first;
  let known = knownOf(plansOf(project));
  if (known.length === 0) throw errors.nothing_scheduled({}, { file: project.path });
  report(loaded(known));
  await using server = await listen({ port, meter });
  report({ type: "listening", url: server.url });
  await using stores = replaceableStores(project);
  const runs = new Map<string, StartedRun>();
  const settling = new Set<Promise<void>>();
  let [looked, noted] = [clock.now().getTime(), 0];
  let stamp = stampOf(project);
  for (const { plan } of known)
    await stores.storeOf(plan.environment).then(
      async (store) => meter.succeeded(plan.job, await lastSuccess(store, plan.name)),
      (error: unknown) => report(problemOf(plan.name, error)),
    );

  const look = async (one: Known): Promise<void> => {
    const { plan } = one;
    const now = clock.now();
    const outcome = await passPlan(plan, { project, storeOf: stores.storeOf, start, now });
    const waiting = outcome.kind === "waiting" ? outcome.waiting : undefined;
    // That its own run is at work was reported when it started.
    const isNews = waiting?.reason !== "running" && JSON.stringify(waiting) !== JSON.stringify(one.waiting);
    if (outcome.kind === "waiting" && isNews)
      report({ type: "waiting", name: plan.name, job: plan.job, dueAt: outcome.dueAt, waiting: outcome.waiting });
    one.waiting = waiting;
    one.checkAt = nextCheck(plan, { isBusy: outcome.kind !== "idle", now, refreshMs });
    if (outcome.kind !== "started") return;
    const { run, runId, settled } = outcome;
    runs.set(runId, run);
    report(started(plan, outcome));
    const end = settled
      .then((tick) => report(ended(plan, runId, tick)))
      .catch((error: unknown) => report(problemOf(plan.name, error)))
      .then(() => {
        runs.delete(runId);
        settling.delete(end);
        // What waited for the end of this run is due now.
        for (const each of known) each.checkAt = 0;
      });
    settling.add(end);
  };

  while (!stop.aborted) {
    const now = clock.now().getTime();
    if (now - looked >= refreshMs || now < looked) {
      looked = now;
      const fresh = stampOf(project);
      if (fresh !== stamp) {
        stamp = fresh;
        try {
          project = openProject(project.folder, project.processEnv);
          known = knownOf(plansOf(project));
          await stores.replace(project);
          report(loaded(known));
        } catch (error) {
          report(problemOf(null, error));
        }
      }
    }
    if (now - noted >= refreshMs || now < noted) {
      noted = now;
      for (const environment of new Set(known.map(({ plan }) => plan.environment)))
        await stores.storeOf(environment).then(noteServer, (error: unknown) => report(problemOf(null, error)));
    }
    for (const one of known) {
      if (one.checkAt > clock.now().getTime() || stop.aborted) continue;
      await look(one).catch((error: unknown) => {
        one.checkAt = clock.now().getTime() + refreshMs;
        report(problemOf(one.plan.name, error));
      });
    }
    tellPeople(
      project,
      known.map(({ plan }) => plan),
    );
    meter.beat();
    const next = Math.min(...known.map(({ checkAt }) => checkAt), now + refreshMs);
    await clock.wait(Math.max(next - clock.now().getTime(), 50), stop);
  }
  if (leaveRuns) return;
  for (const run of runs.values()) run.stop("SIGTERM");
  await Promise.all(settling);
}

const knownOf = (plans: readonly Plan[]): Known[] => plans.map((plan) => ({ plan, checkAt: 0, waiting: undefined }));

function loaded(known: readonly Known[]): ServerEvent {
  const schedules = known.filter(({ plan }) => plan.kind === "schedule").length;
  return { type: "loaded", schedules, sensors: known.length - schedules };
}

/** A schedule that nothing runs of and that is not due is looked at when it is due. */
function nextCheck(plan: Plan, { isBusy, now, refreshMs }: { isBusy: boolean; now: Date; refreshMs: number }): number {
  if (plan.kind === "sensor" || isBusy) return now.getTime() + pollMs;
  const due = plan.cron.nextRun(now)?.getTime() ?? Number.POSITIVE_INFINITY;
  return Math.min(due, now.getTime() + refreshMs);
}

/** Changes when one of the project's files does. */
function stampOf({ parsed }: Project): string {
  return parsed.files.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0).join(" ");
}
