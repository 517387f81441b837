/** Every file that taps take and put away: those in the inbox with why each is not loaded, and those that were put away. */

import { capabilities, hasCapability, type PluginEvent } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import type { FilesSettings } from "../model/files-schema.ts";
import type { Project } from "../model/project.ts";
import { createRedactor } from "../model/secrets.ts";
import type { ReadyPlugin } from "../model/step.ts";
import { preparePlugin } from "../plugins/prepare.ts";
import { jobOf } from "../project/job.ts";
import { entryOf, tapsWithFilesIn } from "../project/plugin-entry.ts";
import { environmentOf } from "../project/project.ts";
import { lifeOf } from "../state/host.ts";
import { openStore } from "../state/open-store.ts";
import type { Store } from "../state/store.ts";
import { type Claim, type PutAway, putAwayKey, putAwayPrefix } from "./file-facts.ts";
import { claimsOf } from "./file-run.ts";
import { type SurveyedFile, surveyFiles } from "./survey.ts";

export interface FilesRequest {
  project: Project;
  environment?: string | undefined;
  binFolders?: readonly string[];
  stop?: Promise<NodeJS.Signals> | undefined;
  onEvent(event: PluginEvent): void;
}

/** `waiting`: the next run takes it, unless `why` says otherwise. `unknown`: it matches no stream. */
export type FileStatus = "waiting" | "claimed" | "unknown" | "loaded" | "failed" | "duplicate";

export interface ListedFile {
  tap: string;
  path: string;
  state: FileStatus;
  streams: string[];
  size: number;
  /** Why it is not loaded; null: nothing prevents it, or it is. */
  why: string | null;
  /** ISO 8601: when it was put away, or claimed; null: neither. */
  at: string | null;
  runId: string | null;
  archivedAs: string | null;
  /** Of a file that was put away. */
  id?: string;
}

/** The taps of the project that put files away. @throws files_not_kept where there is none */
export function tapsWithFiles(project: Project, environment: string | undefined): string[] {
  const found = tapsWithFilesIn(project.parsed, environmentOf(project, environment));
  if (found.length === 0) throw errors.files_not_kept({});
  return found;
}

export interface FilePage {
  limit: number;
  /** The last file of the page before: then only those that were put away before it, and none that wait. */
  before?: PutAway | undefined;
}

/** The newest `limit` files that were put away, and all that were not. @throws as `preparePlugin`, files_unsupported, store_unusable, … */
export async function listFiles(
  request: FilesRequest & FilePage & { tap: string },
): Promise<{ files: ListedFile[] } | { failure: Failure }> {
  const { project, tap, limit, before } = request;
  const environment = environmentOf(project, request.environment);
  await using store = await openStore(project, environment);
  const waiting = before === undefined ? await waitingIn(store, { ...request, environment }) : { files: [] };
  if ("failure" in waiting) return waiting;
  const owner = { environment, tap };
  const past = await store.facts.list<PutAway>("file", {
    ...{ prefix: putAwayPrefix(owner), order: "descending", limit },
    ...(before !== undefined && { after: putAwayKey(owner, before) }),
  });
  return { files: [...waiting.files, ...past.map(({ value }) => asListed(tap, value))] };
}

/**
 * The files that a tap would read and that are not loaded, each with the reason: what `tapline why` shows of a step. A tap that puts no files
 * away has none. @throws as `listFiles`
 */
export async function filesWaiting(
  project: Project,
  environment: string,
  step: { tap: string } & Omit<FilesRequest, "project" | "environment">,
): Promise<{ files: ListedFile[] } | { failure: Failure }> {
  if (entryOf(project.parsed, step.tap, environment).entry.files === undefined) return { files: [] };
  await using store = await openStore(project, environment);
  return await waitingIn(store, { ...step, project, environment });
}

/**
 * As `filesWaiting`, of all taps of a job. A tap that can't be asked has none: the run of the job says why.
 * @throws what is wrong with the job
 */
export async function filesOfJob(
  project: Project,
  { job, environment, binFolders }: { job: string; environment: string; binFolders: readonly string[] },
): Promise<ListedFile[]> {
  const taps = jobOf(project, job).steps.flatMap(({ work }) => (work.kind === "pipe" ? [work.tap] : []));
  const found: ListedFile[] = [];
  for (const tap of new Set(taps)) {
    const stop = new Promise<never>(() => {});
    const answer = await filesWaiting(project, environment, { tap, stop, binFolders, onEvent: () => {} });
    if ("files" in answer) found.push(...answer.files);
  }
  return found;
}

/** A tap of the project with the settings of its files. @throws files_unsupported, files_not_kept and as `preparePlugin` */
export async function prepareTap(
  project: Project,
  tap: string,
  options: Pick<FilesRequest, "environment" | "binFolders">,
): Promise<{ ready: ReadyPlugin; settings: FilesSettings }> {
  const ready = await preparePlugin(project, tap, options);
  const { files: settings } = ready.plugin.entry;
  if (settings === undefined) throw errors.files_not_kept({});
  if (!hasCapability(ready.about, capabilities.files)) throw errors.files_unsupported({ tap });
  return { ready, settings };
}

async function waitingIn(
  store: Store,
  request: FilesRequest & { tap: string; environment: string },
): Promise<{ files: ListedFile[] } | { failure: Failure }> {
  const { project, tap, environment, stop, onEvent } = request;
  const { ready, settings } = await prepareTap(project, tap, request);
  const found = await surveyFiles({ project, tap: ready, redact: createRedactor([ready]), settings, stop, onEvent });
  if ("failure" in found) return found;
  const claims = await claimsOf(store, { environment, tap });
  return { files: found.files.map((file) => describe(tap, file, claims.get(file.path))) };
}

function describe(tap: string, { path, streams, look, outside, why }: SurveyedFile, claim: Claim | undefined): ListedFile {
  const file = { tap, path, streams, size: look.size, archivedAs: null };
  if (outside !== undefined) return { ...file, state: streams.length === 0 ? "unknown" : "waiting", why: outside, at: null, runId: null };
  if (claim === undefined || claim.hasFailed === true) return { ...file, state: "waiting", why: why ?? null, at: null, runId: null };
  const known = { at: claim.claimedAt, runId: claim.error?.runId ?? claim.runId };
  if (claim.error !== undefined)
    return { ...file, ...known, state: "waiting", why: `run ${claim.error.runId} failed: ${claim.error.message}` };
  if (lifeOf(claim.runner) !== "dead") return { ...file, ...known, state: "claimed", why: `run ${claim.runId} loads it` };
  return { ...file, ...known, state: "waiting", why: `run ${claim.runId} ended before the file was put away; the next one goes on` };
}

const stateOf = { success: "loaded", failure: "failed", duplicate: "duplicate" } as const;

function asListed(tap: string, past: PutAway): ListedFile {
  const { id, path, outcome, streams, size, error, duplicateOf, putAwayAt, runId, archivedAs } = past;
  const why = error ?? (duplicateOf === undefined ? null : `it has the content of ${duplicateOf}, which was loaded`);
  return { tap, path, state: stateOf[outcome], streams, size, why, at: putAwayAt, runId, archivedAs, id };
}
