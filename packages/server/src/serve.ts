/**
 * The server: looks at schedules and sensors all the time and starts their runs, each as a process of its own. It may be killed at any
 * moment: the runs go on, and what it did not start is started by the next server, by the facts in the store.
 */
import type { Project, StartRun } from "@tapline/runner";
import { activeRuns } from "./active-runs.ts";
import { type Clock, every } from "./clock.ts";
import { problemOf } from "./describe-event.ts";
import { eachMinute } from "./each-minute.ts";
import type { ServerEvent } from "./events.ts";
import { forgetOld } from "./forget.ts";
import { lastSuccess } from "./frontier.ts";
import { noteServer } from "./heartbeat.ts";
import { createMeter } from "./meter.ts";
import { passPlan, type Waiting } from "./pass.ts";
import type { Plan } from "./plan.ts";
import { servePage } from "./serve-page.ts";
import { replaceableStores } from "./stores.ts";
import { watchProject } from "./watched-project.ts";

export interface ServeOptions {
  project: Project;
  start: StartRun;
  /** Folders in which plugins are found. */
  binFolders: readonly string[];
  clock: Clock;
  /** The address to listen on. Beyond this machine, only with tokens in tapline.yml. */
  host: string;
  /** 0: any free port. */
  port: number;
  /** Nobody can start, stop or change anything by the page. */
  readOnly: boolean;
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
/** How often old ticks are forgotten. */
const forgetMs = 3_600_000;

interface Known {
  plan: Plan;
  /** When it is looked at next. */
  checkAt: number;
  waiting: Waiting | undefined;
}

/** Resolves when it was stopped and its runs ended. @throws port_taken, server_open, token_short, and what is wrong with tapline.yml at the start */
export async function serve(options: ServeOptions): Promise<void> {
  const { start, binFolders, clock, stop, refreshMs = 15_000 } = options;
  const meter = createMeter(clock);
  const report = (event: ServerEvent): void => {
    meter.note(event);
    options.onEvent(event);
  };
  const reportProblem = (name: string | null) => (error: unknown) => report(problemOf(name, error));
  const watched = watchProject(options.project);
  let known = knownOf(watched.plans);
  report(loadedOf(watched.plans));
  await using stores = replaceableStores(watched.project);
  const tellPeople = eachMinute(clock, report);
  const runs = activeRuns(report, ({ name }) => {
    for (const one of known) if (one.waiting !== undefined || one.plan.name === name) one.checkAt = 0;
  });
  await using page = await servePage({ ...options, watched, storeOf: stores.storeOf, runs, meter, onProblem: reportProblem(null) });
  report({ type: "listening", url: page.url });

  const refresh = async (): Promise<void> => {
    if (!watched.refresh()) return;
    known = knownOf(watched.plans);
    await stores.replace(watched.project);
    page.refresh();
    report(loadedOf(watched.plans));
  };

  const look = async (one: Known): Promise<void> => {
    const { plan } = one;
    const now = clock.now();
    const outcome = await passPlan(plan, { project: watched.project, storeOf: stores.storeOf, start, binFolders, now });
    const waiting = outcome.kind === "waiting" ? outcome.waiting : undefined;
    // That its own run is at work was reported when it started.
    const isNews = waiting?.reason !== "running" && JSON.stringify(waiting) !== JSON.stringify(one.waiting);
    if (outcome.kind === "waiting" && isNews)
      report({ type: "waiting", name: plan.name, job: plan.job, dueAt: outcome.dueAt, waiting: outcome.waiting });
    one.waiting = waiting;
    one.checkAt = nextCheck(plan, { isBusy: outcome.kind !== "idle", now, refreshMs });
    if (outcome.kind === "started") runs.add(plan, outcome);
  };

  /** Work on the stores, one environment after another. */
  const inStores = async (work: (environment: string, plans: readonly Plan[]) => Promise<void>): Promise<void> => {
    for (const environment of new Set(watched.plans.map((plan) => plan.environment))) {
      const plans = watched.plans.filter((plan) => plan.environment === environment);
      await work(environment, plans).catch(reportProblem(null));
    }
  };

  await inStores(async (environment, plans) => {
    const store = await stores.storeOf(environment);
    for (const { job, name } of plans) meter.succeeded(job, await lastSuccess(store, name));
  });
  const isTimeTo = {
    refresh: every(clock, refreshMs, "later"),
    note: every(clock, refreshMs, "at once"),
    forget: every(clock, forgetMs, "at once"),
  };
  while (!stop.aborted) {
    if (isTimeTo.refresh()) await refresh().catch(reportProblem(null));
    if (isTimeTo.note()) await inStores(async (environment) => noteServer(await stores.storeOf(environment)));
    if (isTimeTo.forget())
      await inStores(async (environment, plans) =>
        forgetOld({ project: watched.project, store: await stores.storeOf(environment), plans, now: clock.now() }),
      );
    for (const one of known) {
      if (one.checkAt > clock.now().getTime() || stop.aborted) continue;
      await look(one).catch((error: unknown) => {
        one.checkAt = clock.now().getTime() + refreshMs;
        report(problemOf(one.plan.name, error));
      });
    }
    tellPeople(watched.project, watched.plans);
    meter.beat();
    const now = clock.now().getTime();
    const next = Math.min(...known.map(({ checkAt }) => checkAt), now + refreshMs);
    await clock.wait(Math.max(next - now, 50), stop);
  }
  if (!options.leaveRuns) await runs.stop();
}

const knownOf = (plans: readonly Plan[]): Known[] => plans.map((plan) => ({ plan, checkAt: 0, waiting: undefined }));

function loadedOf(plans: readonly Plan[]): ServerEvent {
  const schedules = plans.filter(({ kind }) => kind === "schedule").length;
  return { type: "loaded", schedules, sensors: plans.length - schedules };
}

/** A schedule that nothing runs of and that is not due is looked at when it is due. */
function nextCheck(plan: Plan, { isBusy, now, refreshMs }: { isBusy: boolean; now: Date; refreshMs: number }): number {
  if (plan.kind === "sensor" || isBusy) return now.getTime() + pollMs;
  const due = plan.cron.nextRun(now)?.getTime() ?? Number.POSITIVE_INFINITY;
  return Math.min(due, now.getTime() + refreshMs);
}
