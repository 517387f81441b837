/** Every route of the API. */
import { backfills } from "./backfills.ts";
import { checks, files, notices, rejects } from "./kept.ts";
import { showLog } from "./log.ts";
import { listPipelines, pausePipeline, resumePipeline } from "./pipelines.ts";
import { lineage, plugins, session } from "./project.ts";
import type { Route } from "./route.ts";
import { cancel, listRuns, retry, showRun, startRun } from "./runs.ts";
import { editState, listStates, rollBack, showState } from "./states.ts";
import { listStreams, showStream } from "./streams.ts";

export const routes: readonly Route[] = [
  ...[session, listPipelines, pausePipeline, resumePipeline],
  ...[listRuns, showRun, startRun, cancel, retry, showLog],
  ...[listStreams, showStream],
  ...[backfills],
  ...[listStates, showState, editState, rollBack],
  ...[checks, files, rejects, notices, plugins, lineage],
];
