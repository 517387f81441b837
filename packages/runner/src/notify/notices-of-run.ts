/** Which notices a run gives: from its record, the run before it and the settings of the channels. Pure. */
import { describePosition } from "@tapline/protocol";
import type { RunRecord, StepRecord } from "../history/history.ts";
import type { Failure } from "../model/failure.ts";
import type { ChannelSettings, NoticeEvent, NotifySettings } from "../model/notify-schema.ts";
import { usualEvents } from "../model/notify-schema.ts";
import { compactTime } from "../model/run-id.ts";
import { isNamedBy } from "../project/glob.ts";
import type { Notice, Problem } from "./notice.ts";
import { asSentence, withoutValues } from "./without-values.ts";

/** A notice for one channel. */
export interface Planned {
  channel: string;
  notice: Notice;
}

export interface EndedRun {
  run: RunRecord;
  steps: readonly StepRecord[];
  /** The newest run of the job before it that says how the job was; undefined: there is none. */
  before: Pick<RunRecord, "status" | "startedAt" | "runId"> | undefined;
  /** The taps of the project that put files away. */
  tapsWithFiles?: readonly string[];
}

/** Each channel is told at most one thing about how a run ended: the first of these that it wants to know. */
export function noticesOfRun(settings: NotifySettings, ended: EndedRun): Planned[] {
  const { run } = ended;
  const isFailedBackfill = run.trigger.kind === "backfill" && isBad(run.status);
  if (!saysHowTheJobIs(run) && !isFailedBackfill) return [];
  const events = eventsOf(ended);
  return Object.entries(settings.channels).flatMap(([channel, entry]) => {
    const event = events.find((each) => wants(entry, { event: each, job: run.name, environment: run.environment }));
    return event === undefined ? [] : [{ channel, notice: noticeOf(settings, ended, event) }];
  });
}

/** Whether a run says something about how its job is: not one that a person stopped, that found another one at work, or that loads old data. */
export function saysHowTheJobIs({ status, error, trigger }: Pick<RunRecord, "status" | "error" | "trigger">): boolean {
  return status !== "running" && status !== "stopped" && error?.code !== "already_running" && trigger.kind !== "backfill";
}

export interface Happened {
  event: NoticeEvent;
  job: string;
  environment: string;
}

export function wants(
  { on = [...usualEvents], jobs = ["*"], environments = ["*"] }: ChannelSettings,
  { event, job, environment }: Happened,
): boolean {
  return on.includes(event) && isNamedBy(jobs, job) && isNamedBy(environments, environment);
}

/** One notice for each channel that wants it. Of a test nobody is told in this way. */
export function forChannels(settings: NotifySettings, notice: Notice): Planned[] {
  const { event } = notice;
  if (event === "test") return [];
  const linked = { ...notice, link: linkOf(settings, notice) };
  return Object.entries(settings.channels).flatMap(([channel, entry]) =>
    wants(entry, { ...notice, event }) ? [{ channel, notice: linked }] : [],
  );
}

/** The page that `link` of the settings names. */
export function linkOf(
  { link }: NotifySettings,
  { runId, job, environment }: { runId: string | null; job: string; environment: string },
): string | null {
  if (link === undefined || (runId === null && link.includes("{run_id}"))) return null;
  const values: Record<string, string> = { run_id: runId ?? "", job, environment };
  return link.replaceAll(/\{(run_id|job|environment)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}

function isBad(status: RunRecord["status"]): boolean {
  return status === "failed" || status === "timed_out" || status === "crashed";
}

/** The most urgent first. */
function eventsOf({ run, before }: EndedRun): NoticeEvent[] {
  if (isBad(run.status)) return ["failure"];
  const recovered: NoticeEvent[] = before !== undefined && isBad(before.status) ? ["recovery"] : [];
  return [...recovered, run.status === "warning" ? "warning" : "success"];
}

function noticeOf(settings: NotifySettings, ended: EndedRun, event: NoticeEvent): Notice {
  const { run, steps, before } = ended;
  const { runId, name: job, environment, status } = run;
  const at = run.endedAt ?? run.startedAt;
  const since = event === "recovery" && before !== undefined ? `, after ${before.runId} had ${words[before.status] ?? before.status}` : "";
  const warnings = steps.flatMap((step) => step.warnings ?? []).map((text) => asSentence(withoutValues(text)));
  return {
    id: `${compactTime(run.startedAt)}/run/${runId}`,
    event,
    job,
    environment,
    runId,
    at,
    title: `${titles[event === "failure" ? status : event] ?? status}${event === "success" && loadedNothing(steps) ? ", no rows to load" : ""}: ${job} (${environment})${since}`,
    problems: isBad(status) ? problemsOf(run, steps) : [],
    warnings: warnings.slice(0, 10),
    loaded: steps.flatMap(({ streams }) => streams.map(({ stream, table, loaded }) => ({ stream, table, rows: loaded }))),
    command: isBad(status) ? commandAfterFailure(ended) : `tapline runs show ${runId}`,
    link: linkOf(settings, { runId, job, environment }),
  };
}

/** Whether the job has pipes, and none of them had rows. */
function loadedNothing(steps: readonly StepRecord[]): boolean {
  const pipes = steps.filter(({ stateId }) => stateId !== null);
  return pipes.length > 0 && pipes.every(({ streams }) => streams.every(({ loaded }) => loaded === 0));
}

/** A file with an error is not in the inbox any more, so that another run would not read it. */
function commandAfterFailure({ run, steps, tapsWithFiles = [] }: EndedRun): string {
  // Its partitions are run again by its own command.
  if (run.trigger.kind === "backfill") return `tapline backfill show ${run.trigger.id}`;
  const fileFault = steps
    .map(({ error }) => error)
    .find((error) => error?.position.file !== undefined && tapsWithFiles.includes(error.plugin));
  return fileFault == null ? `tapline runs retry ${run.runId}` : `tapline files list ${fileFault.plugin}`;
}

const words: Readonly<Record<string, string>> = { failed: "failed", timed_out: "timed out", crashed: "crashed" };

const titles: Readonly<Record<string, string>> = {
  failed: "Failed",
  timed_out: "Timed out",
  crashed: "Crashed",
  recovery: "Works again",
  warning: "Done with warnings",
  success: "Done",
};

function problemsOf(run: RunRecord, steps: readonly StepRecord[]): Problem[] {
  if (run.status === "crashed") return [crash];
  const failed = steps.filter(({ error }) => error !== null).map(({ name, error }) => problemOf(name, error as Failure));
  if (failed.length === 0 && run.error !== null) return [problemOf(null, run.error)];
  return failed.slice(0, 5);
}

const crash: Problem = {
  ...{ step: null, plugin: null, stream: null, place: null, code: null },
  cause: "Its process is gone and recorded no end: it was killed, the machine ran out of memory, or it was restarted",
  fix: "Run it again: it continues from the last bookmark.",
};

/** What the user's settings are may be in a message; what is in rows may not. */
export function problemOf(step: string | null, { plugin, code, message, hint, position, class: kind }: Failure): Problem {
  const { stream, ...rest } = position;
  const place = describePosition(rest);
  return {
    step,
    plugin,
    stream: stream ?? null,
    place: place === "" ? null : place,
    code,
    cause: asSentence(kind === "config" || kind === "connection" ? message : withoutValues(message)),
    fix: hint === "" ? null : asSentence(hint),
  };
}
