/** The part of the manifest that is the ledger: whether a run may continue, and what its commits add. Pure. */
import type { LastState, StreamCounts } from "@tapline/sdk";
import { emptyRow, type LedgerRow, loadedBefore, readLoadedStreams, withCommit, writeLoadedStreams } from "@tapline/sql";
import type { Config } from "./config.ts";
import type { LoadId } from "./manifest/held-manifest.ts";
import { type LoadEntry, loadIn, type Manifest, manifestName, streamIn, withLoad } from "./manifest/manifest.ts";

/** @throws ledger_missing, ledger_differs, table_missing, rows_missing: the root is not the one that the run continues from */
export async function checkContinues(manifest: Manifest, location: string, { stateId }: LoadId, config: Config): Promise<void> {
  const label = { stateId, table: manifestName, location, words: { place: "folder", ledger: "file" } };
  const missing = async (streams: readonly string[]) =>
    streams.flatMap((stream) => (streamIn(manifest, stream) === undefined ? [{ stream, table: stream }] : []));
  const replaced = (config as { replace_streams?: readonly string[] }).replace_streams ?? [];
  await loadedBefore(label, rowOf(loadIn(manifest, stateId)), { continues: config.continues, replaced }, missing);
}

/** The manifest with what a commit adds under the state id. `state`: JSON text; without one the entry keeps the name of the commit before. */
export function withRecord(
  manifest: Manifest,
  { stateId, runId }: LoadId,
  state: string | undefined,
  counts: ReadonlyMap<string, StreamCounts>,
  read: Iterable<string>,
): Manifest {
  const entry = loadIn(manifest, stateId) as LoadEntry;
  const loaded = writeLoadedStreams(withCommit(readLoadedStreams(entry.loaded), counts, read));
  const reached = state === undefined ? {} : { run_id: runId, state, committed_at: new Date().toISOString() };
  return withLoad(manifest, { ...entry, ...reached, loaded });
}

export function lastState(manifest: Manifest | null, stateId: string): LastState {
  const entry = manifest === null ? undefined : loadIn(manifest, stateId);
  return { run_id: entry?.run_id ?? null, state: entry?.state ?? null, committed_at: entry?.committed_at ?? null };
}

function rowOf(entry: LoadEntry | undefined): LedgerRow {
  if (entry === undefined) return emptyRow;
  const { run_id: runId, committed_at: at, loaded } = entry;
  return { commit: runId === null || at === null ? undefined : { runId, at }, loaded: readLoadedStreams(loaded) };
}
