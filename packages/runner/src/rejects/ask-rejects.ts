/** Asks a plugin about the rejected rows that it keeps (`--rejects`): they are listed, replayed or discarded by the plugin itself. */
import {
  capabilities,
  type DiscardedRejects,
  hasCapability,
  type KeptReject,
  type RejectVerb,
  type ReplayedRejects,
  readRejectLines,
} from "@tapline/protocol";
import { errors } from "../errors.ts";
import { asFailure, type Failure } from "../model/failure.ts";
import type { StopSource } from "../model/stop.ts";
import { preparePlugin, type StepOptions } from "../plugins/prepare.ts";
import { type AskContext, askPlugin } from "../process/ask-plugin.ts";
import { kindOf } from "../project/plugin-entry.ts";
import { pluginNames } from "../project/project.ts";
import { lockForWriting } from "../state/writer-lock.ts";
import { singleWriterPath } from "../utility/prepare-utility.ts";

export interface RejectsRequest extends Omit<AskContext, "stop">, Pick<StepOptions, "environment" | "binFolders"> {
  plugin: string;
  /** Which rows; [] restricts nothing. */
  ids: readonly string[];
  streams: readonly string[];
  stop: StopSource;
  /** Called where another run works on the file that only one process can use. */
  onWait(path: string): void;
}

interface Answers {
  list: KeptReject;
  show: KeptReject;
  replay: ReplayedRejects;
  discard: DiscardedRejects;
}

/** @throws as `preparePlugin`, rejects_not_kept, run_stopped, store_unusable */
export async function askRejects<V extends RejectVerb>(
  verb: V,
  request: RejectsRequest,
): Promise<{ lines: Answers[V][] } | { failure: Failure }> {
  const { project, plugin: name, ids, streams, stop, onEvent, onWait } = request;
  const ready = await preparePlugin(project, name, request);
  if (!hasCapability(ready.about, capabilities.rejectReplay)) throw errors.rejects_not_kept({ names: [name] });
  const path = singleWriterPath(ready, project.folder);
  using _lock = await lockForWriting({ folder: project.folder, paths: path === null ? [] : [path], stop, onWait });
  const more = [verb, ...streams.flatMap((stream) => ["--stream", stream]), ...ids.flatMap((id) => ["--id", id])];
  const answer = await askPlugin({ project, ready, redact: ready.redact, flag: "--rejects", more, stop: stop.asked, onEvent });
  if ("failure" in answer) return answer;
  const lines = readRejectLines<Answers[V]>(answer.output);
  if (lines !== undefined) return { lines };
  return { failure: asFailure(name, errors.rejects_unreadable({ name, start: ready.redact(answer.output.slice(0, 80)) })) };
}

/** The taps and targets of the project that can list rejected rows. @throws as `preparePlugin`, rejects_not_kept where there is none */
export async function pluginsWithRejects({
  project,
  environment,
  binFolders,
}: Pick<RejectsRequest, "project" | "environment" | "binFolders">) {
  const names = pluginNames(project).filter((name) => ["tap", "target"].includes(kindOf(project.parsed, name) ?? ""));
  const ready = await Promise.all(names.map((name) => preparePlugin(project, name, { environment, binFolders: binFolders ?? [] })));
  const able = ready.filter(({ about }) => hasCapability(about, capabilities.rejectReplay)).map(({ plugin }) => plugin.name);
  if (able.length === 0) throw errors.rejects_not_kept({ names: [] });
  return able;
}
