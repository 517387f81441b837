/**
 * Runs of Meltano that are at work now, as Meltano itself tells them: a row in `runs` whose heartbeat is younger than five minutes. It refuses a
 * second run of the same id, and so does tapline.
 */
import { errors } from "../../errors.ts";
import type { Project } from "../../model/project.ts";
import { readTable } from "./database.ts";
import { idInTapline } from "./ids.ts";
import { meltanoDatabase } from "./places.ts";

export interface RunAtWork {
  runId: string;
  startedAt: string;
  /** When Meltano gives it up, unless its heart beats again. */
  validUntil: string;
}

interface Row {
  job_name: string;
  run_id: string;
  /** In UTC, without a zone. */
  started_at: string;
  last_heartbeat_at: string | null;
}

/** By the id in tapline. @throws meltano_state_unreadable */
export async function runsAtWork(project: Project, environment: string): Promise<ReadonlyMap<string, RunAtWork>> {
  const columns = ["job_name", "run_id", "started_at", "last_heartbeat_at"];
  const found = await readTable<Row>(meltanoDatabase(project, environment), "runs", columns, "state = 'RUNNING'");
  const all = (found?.rows ?? []).flatMap(({ job_name: name, run_id: runId, ...row }): [string, RunAtWork][] => {
    const id = idInTapline(project, name);
    const [startedAt, beat] = [instantOf(row.started_at), row.last_heartbeat_at];
    // A version of Meltano without heartbeats gives a run a day.
    const validUntil = beat === null ? startedAt + 24 * hourMs : instantOf(beat) + hourMs / 12;
    if (id === undefined || validUntil < Date.now()) return [];
    return [[id, { runId, startedAt: new Date(startedAt).toISOString(), validUntil: new Date(validUntil).toISOString() }]];
  });
  return new Map(all);
}

const hourMs = 3_600_000;

const instantOf = (text: string): number => Date.parse(`${text.replace(" ", "T")}Z`);

/** Does nothing in a project that is not Meltano's. @throws already_running, meltano_state_unreadable */
export async function refuseBesideMeltano(project: Project, environment: string, stateId: string): Promise<void> {
  if (project.meltano === undefined) return;
  const run = (await runsAtWork(project, environment)).get(stateId);
  if (run === undefined) return;
  const where = `by Meltano, which gives it up at ${run.validUntil} unless it is still alive then`;
  throw errors.already_running({ stateId, runId: run.runId, where, started: run.startedAt });
}
