/** Tells people that a job could not be started, because its configuration is wrong. */
import { isObject, TaplineError } from "@tapline/protocol";
import { openHistory } from "../history/sqlite-history.ts";
import { asFailure } from "../model/failure.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { NotifySettings } from "../model/notify-schema.ts";
import type { Project } from "../model/project.ts";
import { compactTime, makeRunId } from "../model/run-id.ts";
import { environmentOf } from "../project/project.ts";
import type { NoticeRecord } from "./deliver.ts";
import type { Notice } from "./notice.ts";
import { forChannels, type Planned, problemOf } from "./notices-of-run.ts";
import { repeatAfterMs } from "./repeats.ts";
import { describeDelivery, type Patience, sendPlanned, withFacts } from "./send-planned.ts";

/** What a scheduler asks for too. A person who asks for more than this sees the error on the screen. */
const plainRequest = new Set(["words", "environment", "tags", "timeout_seconds", "exit_99", "trigger", "run_id"]);

/** Never rejects because of what it meets. @returns warnings about notices that did not arrive, or may not have */
export async function tellNotStarted(project: Project, request: JobRequest, error: TaplineError, patience: Patience): Promise<string[]> {
  const settings = project.parsed.file.notify;
  const [job = "", ...more] = request.words;
  const isJob = more.length === 0 && isObject(project.parsed.file.jobs) && Object.hasOwn(project.parsed.file.jobs, job);
  if (settings === undefined || !isJob || !Object.keys(request).every((key) => plainRequest.has(key))) return [];
  try {
    const environment = environmentOf(project, request.environment);
    const now = new Date();
    const notice: Notice = {
      id: `${compactTime(now)}/start/${request.run_id ?? makeRunId(now)}`,
      event: "failure",
      job,
      environment,
      runId: null,
      at: now.toISOString(),
      title: `Could not start: ${job} (${environment})`,
      problems: [problemOf(null, asFailure("tapline", error))],
      warnings: [],
      loaded: [],
      command: `tapline run ${job}${request.environment === undefined ? "" : ` -e ${environment}`}`,
      link: null,
    };
    const planned = await notTold(project, settings, forChannels(settings, notice), now);
    return (await sendPlanned(project, environment, planned, patience)).flatMap((each) => describeDelivery(each) ?? []);
  } catch (thrown) {
    if (!(thrown instanceof TaplineError)) throw thrown;
    return [];
  }
}

/** A schedule tries each minute, and the cause stays until a person mends it: then a run begins. */
async function notTold(project: Project, settings: NotifySettings, planned: readonly Planned[], now: Date): Promise<Planned[]> {
  const [first] = planned;
  if (first === undefined) return [];
  const { job, environment, problems } = first.notice;
  const after = compactTime(new Date(now.getTime() - repeatAfterMs(settings)));
  const recent = await withFacts(project, environment, (facts) => facts.list<NoticeRecord>("notice", { after }));
  using history = openHistory(project.folder);
  const [last] = history.runs({ limit: 1, name: job, environment });
  const told = recent.filter(
    ({ value: { status, notice } }) =>
      status !== "refused" &&
      notice.at > (last?.startedAt ?? "") &&
      notice.id.includes("/start/") &&
      notice.job === job &&
      notice.environment === environment &&
      notice.problems[0]?.code === problems[0]?.code,
  );
  return planned.filter(({ channel }) => !told.some(({ value }) => value.channel === channel));
}
