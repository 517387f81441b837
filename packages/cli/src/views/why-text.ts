/** Why jobs do not run, as text. Pure. */
import { describeTrigger, type ListedFile, type Missed, type RunRecord } from "@tapline/runner";
import { describeNow, describeWhyOfFile, shortTime, type Why } from "@tapline/server";

export interface WhyContext {
  /** What was asked for; undefined: all. */
  name: string | undefined;
  lastRun(job: string): RunRecord | undefined;
  /** That the taps of the job would load, where they put files away. */
  filesOf(job: string): readonly ListedFile[];
  now: Date;
}

export function describeWhy(found: readonly Why[], { name, lastRun, filesOf, now }: WhyContext): string[] {
  const ofJob = (job: string, told?: string): string[] => [...filesOf(job).map(describeFile), ...describeLast(lastRun(job), told)];
  if (found.length === 0 && name === undefined) return ["This project has no schedules and no sensors, so nothing runs by itself."];
  if (found.length === 0) return [`No schedule and no sensor of this project starts ${name}.`, ...ofJob(name as string)];
  return found.flatMap((one, index) => [
    ...(index === 0 ? [] : [""]),
    ...describeOne(one, now),
    ...ofJob(one.job, one.last?.attempts.at(-1)?.runId),
  ]);
}

function describeOne(one: Why, now: Date): string[] {
  const { kind, name, job, environment, nextDue, last } = one;
  return [
    `${name}  (${kind}, runs ${job} in ${environment})`,
    `  now      ${describeNow(one)}`,
    ...(nextDue === null ? [] : [`  next     ${shortTime(nextDue)} (in ${describeSpan(Date.parse(nextDue) - now.getTime())})`]),
    ...(last === null ? [] : [`  last     ${describeTick(last, one.waiting?.reason === "running")}`]),
    ...(last?.missed ? [`  missed   ${describeMissed(last.missed)}`] : []),
    ...one.files.map((file) => `  file     ${file.path}: ${describeWhyOfFile(file)}`),
  ];
}

const describeFile = ({ path, why, tap }: ListedFile): string => `  file     ${path} (${tap}): ${why ?? "the next run loads it"}`;

function describeTick({ dueAt, status, attempts, error }: NonNullable<Why["last"]>, isAtWork: boolean): string {
  const runId = attempts.at(-1)?.runId;
  const tries = attempts.length > 1 ? `, ${attempts.length} runs` : "";
  const how = (status === "running" || status === "claimed") && !isAtWork ? "killed, so a server starts it again" : status;
  return `due ${shortTime(dueAt)}: ${how}${runId === undefined ? "" : ` (run ${runId}${tries})`}${error === undefined ? "" : `: ${error}`}`;
}

function describeMissed({ count, isMore, first, last }: Missed): string {
  if (count === 1) return `the due time ${shortTime(first)} before it`;
  return `${isMore ? "more than " : ""}${count} due times before it, from ${shortTime(first)} to ${shortTime(last)}`;
}

/** @param told a run that was told of already: it is worth a line only where it failed */
function describeLast(run: RunRecord | undefined, told?: string): string[] {
  if (run === undefined) return ["  run      the job never ran in this folder"];
  if (run.runId === told && run.error === null) return [];
  const error = run.error === null ? "" : `: ${run.error.message}`;
  return [`  run      ${run.runId} (${describeTrigger(run.trigger)}): ${run.status}${error}. See: tapline runs show ${run.runId}`];
}

/** "2 d 3 h", "4 h 5 min", "20 s". */
function describeSpan(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
