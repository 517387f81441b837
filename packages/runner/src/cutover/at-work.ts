/** Which runs of the project may still write by the old names. */

import type { History } from "../history/history.ts";
import type { Project } from "../model/project.ts";
import { makeStateId } from "../model/state-id.ts";
import { jobNames, jobOf } from "../project/job.ts";
import type { Store } from "../state/store.ts";

/** Each as a sentence: runs that hold the state id of a pipe, on any machine, and runs of this machine that have no pipe at work. */
export async function runsAtWork(project: Project, environment: string, store: Store, history: History): Promise<string[]> {
  const found = new Map<string, string>();
  for (const { runId, name, startedAt } of history.runs({ limit: 100, status: "running", environment }))
    found.set(runId, `run ${runId} of ${name}, since ${startedAt}`);
  for (const stateId of stateIdsOf(project, environment)) {
    const held = await store.holder(stateId);
    if (held !== undefined && !found.has(held.runId.split(".", 1)[0] as string))
      found.set(held.runId, `run ${held.runId} of ${stateId}, since ${held.startedAt}`);
  }
  return [...found.values()];
}

function stateIdsOf(project: Project, environment: string): string[] {
  const ids = jobNames(project).flatMap((name) =>
    jobOf(project, name).steps.flatMap(({ work, stateIdSuffix: suffix }) => {
      return work.kind === "utility" ? [] : [makeStateId({ environment, tap: work.tap, target: work.target, suffix })];
    }),
  );
  return [...new Set(ids)];
}
