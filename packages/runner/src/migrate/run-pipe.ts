/** Runs one pipe of a migration as a run of its own, which the history keeps, and tells what it moved. */
import type { PluginEvent } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { runJob } from "../jobs/run-job.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { JobRequest } from "../model/job-request.ts";
import type { Project } from "../model/project.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { StopSource } from "../model/stop.ts";
import type { StreamResult } from "../model/stream-result.ts";

export interface PipeOptions {
  /** Of the migration. */
  id: string;
  project: Project;
  environment: string;
  binFolders: readonly string[];
  stop: StopSource;
  /** What people type to go on. */
  command: string;
  onEvent(event: RunEvent, step: number | null): void;
  /** Events of plugins that are asked something, by the plugin's name. */
  onPluginEvent(plugin: string): (event: PluginEvent) => void;
}

export interface RanPipe {
  runId: string;
  streams: StreamResult[];
  /** As JSON text. */
  state: string | null;
  seconds: number;
}

/** @throws what can be wrong before the first plugin starts */
export async function runPipe(request: JobRequest, options: PipeOptions): Promise<RanPipe | { failure: Failure }> {
  const { project, environment, binFolders, stop, command, onEvent } = options;
  const result = await runJob({ project, request: { ...request, environment }, binFolders, stop, command, onEvent });
  if (result.error !== undefined) throw result.error;
  const [step] = result.steps;
  if (step?.failure) return { failure: step.failure };
  if (step?.kind !== "pipe") return { failure: asFailure("tapline", errors.run_stopped({ by: stop.by })) };
  return { runId: result.runId, streams: step.streams, state: step.stateAfter, seconds: step.seconds };
}
