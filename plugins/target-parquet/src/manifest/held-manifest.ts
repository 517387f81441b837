/** The manifest as a load holds it: takes the right to commit, and replaces the manifest only while it has that right. */
import { hostname } from "node:os";
import { isAlive } from "@tapline/sdk";
import { errors } from "../errors.ts";
import { ManifestMoved, type Store } from "../store/store.ts";
import { emptyManifest, loadIn, type Manifest, manifestName, readManifest, withLoad, writeManifest } from "./manifest.ts";

/** The state id of a load, and the only run that may commit under it. */
export interface LoadId {
  stateId: string;
  runId: string;
}

export interface HeldManifest {
  /** As of the last commit. */
  readonly manifest: Manifest;
  /**
   * Replaces the manifest. Durable when it resolves. @throws writer_replaced, run_superseded where another load has taken the right to
   * commit: then nothing was changed
   */
  commit(change: (manifest: Manifest) => Manifest): Promise<void>;
  /** Gives the right back, where this load still has it. */
  release(): Promise<void>;
}

/** @throws manifest_invalid */
export async function readOnly(store: Store): Promise<Manifest | null> {
  const { text } = await store.readManifest();
  return text === null ? null : readManifest(text, `${store.location}/${manifestName}`);
}

/** Replaces the manifest as it is now, whoever replaces it meanwhile. */
export async function replace(store: Store, change: (manifest: Manifest) => Manifest): Promise<{ manifest: Manifest; tag: string }> {
  for (;;) {
    const { text, tag } = await store.readManifest();
    const known = text === null ? emptyManifest : readManifest(text, `${store.location}/${manifestName}`);
    const manifest = { ...change(known), sequence: known.sequence + 1, written_at: new Date().toISOString() };
    try {
      return { manifest, tag: await store.replaceManifest(writeManifest(manifest), tag) };
    } catch (error) {
      if (!(error instanceof ManifestMoved)) throw error;
    }
  }
}

/** From now on the load that had the root before can't commit. @throws destination_busy */
export async function holdManifest(store: Store, id: string, load: LoadId | undefined): Promise<HeldManifest> {
  const writer = { id, host: hostname(), pid: process.pid, started_at: new Date().toISOString() };
  let { manifest } = await replace(store, (known) => {
    checkFree(store, known);
    return taken({ ...known, writer }, load);
  });
  return {
    get manifest() {
      return manifest;
    },
    async commit(change) {
      const done = await replace(store, (known) => {
        if (known.writer?.id !== id) throw errors.writer_replaced({ path: store.location, other: whoIs(known.writer) });
        if (load !== undefined && loadIn(known, load.stateId)?.taken_by !== load.runId)
          throw errors.run_superseded({ stateId: load.stateId, runId: load.runId, path: store.location });
        return change(known);
      });
      manifest = done.manifest;
    },
    async release() {
      if ((await readOnly(store))?.writer?.id !== id) return;
      await replace(store, (known) => (known.writer?.id === id ? { ...known, writer: null } : known));
    },
  };
}

/** Takes the state id for the run: the run that had it before can't commit any more. */
export function taken(manifest: Manifest, load: LoadId | undefined): Manifest {
  if (load === undefined) return manifest;
  const nothing = { run_id: null, state: null, committed_at: null, loaded: null };
  return withLoad(manifest, { ...nothing, ...loadIn(manifest, load.stateId), state_id: load.stateId, taken_by: load.runId });
}

/** Of a load on another computer nobody knows whether it runs: then this one takes its place, and that one can't commit. */
function checkFree({ isLocal, location }: Store, { writer }: Manifest): void {
  if (writer === null || writer.pid === process.pid || !isLocal || writer.host !== hostname()) return;
  if (isAlive(writer.pid)) throw errors.destination_busy({ path: location, pid: writer.pid });
}

const whoIs = (writer: Manifest["writer"]): string =>
  writer === null ? "it has ended" : `process ${writer.pid} on ${writer.host}, since ${writer.started_at}`;
