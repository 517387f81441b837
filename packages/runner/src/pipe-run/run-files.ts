/** A load whose tap puts its files away (`files` of its entry): what was loaded before is put away, files are taken, and put away after it. */
import type { ClaimedFile } from "@tapline/protocol";
import { namesFile } from "../files/blame.ts";
import { type FileLife, fileLifeOf } from "../files/file-life.ts";
import { isRead } from "../files/survey.ts";
import type { Failure } from "../model/failure.ts";
import type { PluginEntry } from "../model/plugin-schema.ts";
import type { Step } from "../model/step.ts";
import { handlePluginEvent, type LiveRun } from "./live-run.ts";
import { overwritesTables } from "./plugin-arguments.ts";
import type { RunOptions } from "./run-options.ts";
import { startStateOf } from "./start-state.ts";

export interface FilesWork {
  load(run: LiveRun, options: RunOptions): Promise<Failure | null>;
  /** Reports the start of a run that loads nothing. */
  announce(): void;
  /** What is left to do where no file is to be loaded. */
  idle(): Promise<Failure | null>;
}

/** Without `files` it only loads. @throws files_unsupported, files_overwritten, files_in_archive, file_not_claimed, file_not_archived, … */
export async function withFiles(run: LiveRun, options: RunOptions, { load, announce, idle }: FilesWork): Promise<Failure | null> {
  // Lanes read what the whole run claimed.
  const files = options.laneCatalog === undefined ? await openFiles(run, options) : undefined;
  if (files === undefined) return load(run, options);
  const { stateBefore: kept, committedBy: keptBy } = run.state;
  await files.settle(kept);
  const { fullRefresh = false, earlierTries = [] } = options;
  const { state } = startStateOf({ kept, keptBy, fullRefresh, overwrite: false, earlierTries, lenient: true });
  const taken = await files.claim(state);
  if ("failure" in taken || taken.claimed.length === 0) {
    announce();
    if ("failure" in taken) return taken.failure;
    log(run, "info", "No file is to be loaded");
    return idle();
  }
  const { claimed, streams } = taken;
  const itsRun = { ...run, step: withClaimed(run.step, claimed, streams) };
  // What the tap offers depends on the files.
  const filter = options.filter?.filter((pattern) => concerns(pattern, streams));
  const failure = await load(itsRun, { ...options, refreshCatalog: true, ...(filter !== undefined && { filter }) });
  if (run.state.storeFailure === undefined) await settleAtEnd(run, files, { failure, claimed });
  return failure;
}

function openFiles(run: LiveRun, { project, filter, replace = [] }: RunOptions): Promise<FileLife | undefined> {
  const { step, runId, store, stop } = run;
  const replaces = step.replacesAll === true || replace.length > 0;
  return fileLifeOf(
    {
      ...{ project, step, runId, store, stop, filter },
      log: (level, message) => log(run, level, message),
      onEvent: (event) => handlePluginEvent(run, { role: "tap", ready: step.tap }, event),
    },
    { overwrites: overwritesTables(step.target), replaces },
  );
}

interface LoadEnd {
  failure: Failure | null;
  claimed: readonly ClaimedFile[];
}

async function settleAtEnd(run: LiveRun, files: FileLife, { failure, claimed }: LoadEnd): Promise<void> {
  const results = new Map(run.state.progress.streams().map((result) => [result.stream, result]));
  const rejects = (stream: string, path: string): number | null => {
    const { rejected = null, rejectedFiles = {} } = results.get(stream) ?? {};
    const sum = (counts: readonly (readonly [string, number])[]): number => counts.reduce((all, [, count]) => all + count, 0);
    const named = Object.entries(rejectedFiles);
    if (rejected === null || rejected === 0 || claimed.length === 1) return rejected;
    return sum(named) === rejected ? sum(named.filter(([file]) => namesFile(path, file))) : null;
  };
  const state = (await run.store.state(run.step.stateId))?.value ?? null;
  try {
    await files.settle(state, { failure, rejects });
  } catch (error) {
    // The first failure says more. The next run tries to put the files away again.
    if (failure === null) throw error;
    log(run, "warning", (error as Error).message);
  }
}

/** Whether the run reads only files that it claimed, so only the streams that have one. */
export const readsClaimedFiles = ({ tap }: Step): boolean => tap.plugin.config.claimed_files !== undefined;

function withClaimed(step: Step, claimed: readonly object[], streams: readonly string[]): Step {
  const { plugin } = step.tap;
  const config = { ...plugin.config, claimed_files: claimed };
  return { ...step, tap: { ...step.tap, plugin: { ...plugin, config, entry: rulesFor(plugin.entry, streams) } } };
}

/** Without rules for streams that have no file in this run: the tap does not offer them. */
function rulesFor(entry: PluginEntry, streams: readonly string[]): PluginEntry {
  const only = <T>(rules: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(rules).filter(([pattern]) => concerns(pattern, streams)));
  return {
    ...entry,
    ...(entry.select !== undefined && { select: entry.select.filter((pattern) => concerns(pattern, streams)) }),
    ...(entry.metadata !== undefined && { metadata: only(entry.metadata) }),
    ...(entry.schema !== undefined && { schema: only(entry.schema) }),
  };
}

const concerns = (pattern: string, streams: readonly string[]): boolean =>
  streams.some((stream) => isRead(stream, [pattern.replace(/^!/, "")]));

function log({ onEvent, step }: LiveRun, level: "info" | "warning", message: string): void {
  onEvent({ type: "log", plugin: "tapline", level, message: step.redact(message) });
}
