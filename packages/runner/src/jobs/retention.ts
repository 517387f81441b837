/**
 * Forgets old runs at the start of a run: their records, steps, events and logs. Each start does a bounded amount of work, so a history that grew
 * for years shrinks over some runs.
 */
import { rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { History } from "../history/history.ts";
import type { Project } from "../model/project.ts";
import { eventPaths } from "../runs/event-file.ts";

export interface RetentionOptions {
  now?: Date;
  /** The limit of the events of all runs of the project. The oldest are deleted first; the records of their runs stay. */
  maxEventBytes?: number;
  /** The most runs that one start forgets. */
  mostRuns?: number;
}

const defaultKeepDays = 90;

/** How long the project keeps what happened: runs, their steps, events and logs. */
export function keepDaysOf({ parsed }: Pick<Project, "parsed">): number {
  return parsed.file.history?.keep_days ?? defaultKeepDays;
}

/** @throws store_unusable */
export function forgetOldRuns(project: Pick<Project, "folder" | "parsed">, { retention }: History, options: RetentionOptions = {}): void {
  const { now = new Date(), maxEventBytes = 200_000_000, mostRuns = 500 } = options;
  const { folder } = project;
  for (const run of retention.crashed(mostRuns)) retention.noteCrash(run, bytesOf(folder, run.runId));
  const old = retention.startedBefore(new Date(now.getTime() - keepDaysOf(project) * 86_400_000).toISOString(), mostRuns);
  // The files first: a run without a record is not found any more.
  for (const { runId, logFile } of old) {
    deleteEvents(folder, runId);
    if (logFile !== undefined) deleteLog(join(folder, logFile));
  }
  if (old.length > 0) retention.forget(old);
  let excess = retention.eventBytes() - maxEventBytes;
  if (excess <= 0) return;
  const dropped: string[] = [];
  for (const { runId, eventBytes } of retention.withEvents(mostRuns)) {
    if (excess <= 0) break;
    deleteEvents(folder, runId);
    dropped.push(runId);
    excess -= eventBytes;
  }
  retention.dropEvents(dropped);
}

function deleteEvents(folder: string, runId: string): void {
  for (const path of Object.values(eventPaths(folder, runId))) rmSync(path, { force: true });
}

/** Earlier versions had logs. */
function deleteLog(path: string): void {
  for (const file of [path, `${path}.1`]) rmSync(file, { force: true });
  try {
    rmdirSync(join(path, ".."));
  } catch {
    // Others are left in it.
  }
}

function bytesOf(folder: string, runId: string): number {
  return Object.values(eventPaths(folder, runId)).reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}
