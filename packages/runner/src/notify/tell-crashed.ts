/** Tells how runs ended that could not tell it themselves: they crashed, or were killed while they told it. */
import type { History, RunRecord } from "../history/history.ts";
import { openHistory } from "../history/sqlite-history.ts";
import type { Project } from "../model/project.ts";
import { lifeOf } from "../state/host.ts";
import type { Delivery } from "./deliver.ts";
import { withLeftFiles } from "./left-files.ts";
import { planOf } from "./plan-run.ts";
import { noteOf, oneAttempt, type Patience, sendPlanned } from "./send-planned.ts";

/** @throws what the store and the history throw */
export async function tellCrashed(project: Project, environment: string): Promise<Delivery[]> {
  if (project.parsed.file.notify === undefined) return [];
  using history = openHistory(project.folder);
  return await tellEarlier(project, history, { environment }, oneAttempt);
}

/** How many runs it looks back. */
const mostRuns = 100;

/** @param run leaves it out, and looks at runs of its environment. @throws what the store and the history throw */
export async function tellEarlier(
  project: Project,
  history: History,
  { runId: own, environment }: Pick<RunRecord, "environment"> & Partial<RunRecord>,
  patience: Patience,
): Promise<Delivery[]> {
  const told: Delivery[] = [];
  for (const run of history.runs({ limit: mostRuns, environment })) {
    const { runId, notices, status, runner } = run;
    const isUntold = notices === null ? status === "crashed" : notices?.some(({ outcome }) => outcome === "waiting");
    if (runId === own || !isUntold || lifeOf(runner) !== "dead") continue;
    const { planned, folded, recovered } = planOf(project, history, run);
    const sent = await sendPlanned(project, environment, await withLeftFiles(project, planned, recovered), patience);
    history.noteNotices(runId, [...sent.map(noteOf), ...folded]);
    told.push(...sent);
  }
  return told;
}
