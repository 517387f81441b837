/** Tells people how a run ended: what is planned goes into the history with the end of the run, then it is sent, then noted. */
import { isSuccess, TaplineError } from "@tapline/protocol";
import type { History, NoticeNote, RunRecord } from "../history/history.ts";
import type { Project } from "../model/project.ts";
import { latenessOf, noteSuccess } from "./job-watch.ts";
import { withLeftFiles } from "./left-files.ts";
import { lateNotices } from "./notices-of-lateness.ts";
import { forChannels, type Planned } from "./notices-of-run.ts";
import { type PlannedRun, planOf } from "./plan-run.ts";
import { describeDelivery, noteOf, type Patience, sendPlanned } from "./send-planned.ts";
import { tellEarlier } from "./tell-crashed.ts";

export interface Telling {
  /** For the history, in the same write as the run's end: whoever finds them there after a crash sends them. undefined: nobody is to be told. */
  notes: NoticeNote[] | undefined;
  /** Never rejects. @returns warnings about notices that did not arrive, or may not have */
  tell(patience: Patience): Promise<string[]>;
}

/** @param run as it ended */
export function tellingOf(project: Project, history: History, run: RunRecord): Telling {
  const settings = project.parsed.file.notify;
  if (settings === undefined) return { notes: undefined, tell: async () => [] };
  const hasWatch = latenessOf(project, run.name) !== undefined;
  let plan: PlannedRun;
  try {
    plan = planOf(project, history, run);
  } catch (error) {
    return { notes: undefined, tell: () => warningsOf(() => Promise.reject(error)) };
  }
  const { folded, recovered } = plan;
  const planned = [...plan.planned, ...slowness(project, run)];
  return {
    notes: [...planned.map(({ channel, notice: { event } }) => ({ channel, event, outcome: "waiting" as const, reason: null })), ...folded],
    tell: (patience) =>
      warningsOf(async () => {
        if (hasWatch && isSuccess(run.status) && run.trigger.kind !== "backfill") await noteSuccess(project, run);
        const earlier = await tellEarlier(project, history, run, patience);
        const sent = await sendPlanned(project, run.environment, await withLeftFiles(project, planned, recovered), patience);
        if (sent.length > 0) history.noteNotices(run.runId, [...sent.map(noteOf), ...folded]);
        return [...earlier, ...sent].flatMap((each) => describeDelivery(each) ?? []);
      }),
  };
}

/** A run that took too long says so itself where nobody looks each minute. */
function slowness(project: Project, run: RunRecord): Planned[] {
  const settings = project.parsed.file.notify;
  const { within } = latenessOf(project, run.name)?.sla ?? {};
  if (settings === undefined || within === undefined || run.endedAt === null) return [];
  const facts = { job: run.name, environment: run.environment, lateness: { sla: { within } }, watchedSince: new Date(0), successes: [] };
  return lateNotices({ ...facts, runs: [run] }, new Date(run.endedAt)).flatMap((notice) => forChannels(settings, notice));
}

async function warningsOf(work: () => Promise<string[]>): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TaplineError)) throw error;
    return [`People may not have been told how this run ended: ${error.message}`];
  }
}
