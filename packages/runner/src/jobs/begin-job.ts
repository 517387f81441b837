/** The beginning of a run: its plan, its tick, its record in the history and its file of events. */
import { TaplineError } from "@tapline/protocol";
import type { History, RunRecord } from "../history/history.ts";
import { openHistory } from "../history/sqlite-history.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { JobStarted, RunEvent } from "../model/run-event.ts";
import { makeRunId } from "../model/run-id.ts";
import type { StopSource } from "../model/stop.ts";
import type { Patience } from "../notify/send-planned.ts";
import { tellNotStarted } from "../notify/tell-not-started.ts";
import { heldPartOf } from "../partitions/held-part.ts";
import { waitUnlessStopped } from "../process/pause.ts";
import { createStopSwitch } from "../process/stop-switch.ts";
import { type EventFile, openEventFile } from "../runs/event-file.ts";
import { thisRunner } from "../state/host.ts";
import { type HeldTick, heldTickOf } from "../ticks/held-tick.ts";
import type { JobOptions } from "./job-options.ts";
import { type Plan, planJob } from "./plan.ts";
import { forgetOldRuns } from "./retention.ts";

export interface BegunJob extends AsyncDisposable {
  plan: Plan;
  started: Date;
  record: RunRecord;
  history: History;
  events: EventFile;
  /** The tick, or the partition of a back-fill, that the run holds; undefined: a person started it. */
  tick: HeldTick | undefined;
  /** Asks for a stop when the tick was given to another run. */
  lost: StopSource;
  /** Writes an event and shows it. */
  tell(event: RunEvent): void;
}

/** @throws run_id_used, tick_taken, partition_taken, and what can be wrong before the first step starts */
export async function beginJob(options: JobOptions): Promise<BegunJob> {
  const { project, request } = options;
  const plan = await planOrTell(options);
  const { environment } = plan;
  const started = new Date();
  const runId = request.run_id ?? makeRunId(started);
  const lost = createStopSwitch();
  const onLost = (): void => lost.stop("SIGTERM", "another run of its tick");
  const holding = { project, environment, runId, onLost };
  const tick = (await heldTickOf(request, holding)) ?? (await heldPartOf(request, holding));
  let history: History | undefined;
  try {
    history = openHistory(project.folder);
    const record = recordOf(request, { runId, plan, started });
    forgetOldRuns(project, history);
    if (project.parsed.file.notify !== undefined) record.notices = null;
    history.openRun(record);
    const begin = startOf(record, plan);
    const events = openEventFile(project.folder, begin);
    options.onEvent(begin, null);
    const tell = (event: RunEvent): void => {
      events.write(event, null);
      options.onEvent(event, null);
    };
    const opened = history;
    const dispose = async (): Promise<void> => {
      events[Symbol.dispose]();
      opened[Symbol.dispose]();
      await tick?.[Symbol.asyncDispose]();
    };
    return { plan, started, record, history, events, tick, lost, tell, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    history?.[Symbol.dispose]();
    await tick?.[Symbol.asyncDispose]();
    throw error;
  }
}

/** Waits as long as nobody stops the run. */
export const patienceOf = ({ stop }: Pick<JobOptions, "stop">): Patience => ({
  wait: (ms) => waitUnlessStopped(ms, stop),
  isStopped: () => stop.signal !== undefined,
});

export const logEvent = (level: "info" | "warning", message: string): RunEvent => ({ type: "log", plugin: "tapline", level, message });

/** People are told of a job that can't begin. */
async function planOrTell(options: JobOptions): Promise<Plan> {
  try {
    return await planJob(options);
  } catch (error) {
    if (error instanceof TaplineError)
      for (const warning of await tellNotStarted(options.project, options.request, error, patienceOf(options)))
        options.onEvent(logEvent("warning", warning), null);
    throw error;
  }
}

interface Opening {
  runId: string;
  plan: Plan;
  started: Date;
}

function recordOf({ run_id: _, ...request }: JobRequest, { runId, plan, started }: Opening): RunRecord {
  return {
    runId,
    name: plan.job.name,
    trigger: request.trigger ?? { kind: "command" },
    environment: plan.environment,
    tags: request.tags ?? {},
    request,
    status: "running",
    startedAt: started.toISOString(),
    endedAt: null,
    error: null,
    runner: thisRunner(),
  };
}

function startOf({ runId, name, environment, trigger, tags, runner }: RunRecord, { job }: Plan): JobStarted {
  return { type: "job_started", runId, name, environment, trigger, tags, steps: job.steps.map((step) => step.name), runner };
}
