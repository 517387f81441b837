/**
 * The files of one run: takes those that are whole, and puts each away once its rows are committed. The truth is the state that the target's
 * ledger or the store has: a claim follows it, so that a kill at any place loads nothing twice and leaves nothing behind.
 */
import { type ClaimedFile, capabilities, hasCapability } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Failure } from "../model/failure.ts";
import { archiveOf } from "../model/files-schema.ts";
import { contentPrefix } from "./file-facts.ts";
import type { FileRun } from "./file-run.ts";
import { settleFiles, settleTwin, type TargetRejects } from "./settle-files.ts";
import { type Candidate, takeFiles } from "./take-files.ts";

export interface FileLife {
  /** Takes what is whole. `state`: what the tap starts from. @throws file_not_claimed, file_not_archived, select_invalid and those of the store */
  claim(state: string | null): Promise<{ claimed: ClaimedFile[]; streams: string[] } | { failure: Failure }>;
  /**
   * Puts away what the state says is loaded, and the file that the failure is about; the others wait. Call it with the state that is
   * settled, before the run takes files, and at its end. @throws file_not_archived and those of the store
   */
  settle(state: string | null, end?: { failure: Failure | null; rejects: TargetRejects }): Promise<void>;
}

/** Undefined: the tap's files stay where they are. @throws files_unsupported, files_overwritten, files_in_archive */
export async function fileLifeOf(
  options: Omit<FileRun, "settings">,
  { overwrites, replaces }: { overwrites: boolean; replaces: boolean },
): Promise<FileLife | undefined> {
  const { step, store, log } = options;
  const { tap, target, mappers, stateId } = step;
  const settings = tap.plugin.entry.files;
  if (settings === undefined) return undefined;
  const { name } = tap.plugin;
  if (!hasCapability(tap.about, capabilities.files)) throw errors.files_unsupported({ tap: name });
  if (mappers.some(({ endsEarly }) => endsEarly === true)) {
    log("warning", `This run loads a part of the rows only, so ${name} puts no files away`);
    return undefined;
  }
  if (overwrites && !replaces) throw errors.files_overwritten({ tap: name, target: target.plugin.name });
  if (replaces) {
    const loaded = await store.facts.list("file", { prefix: contentPrefix(stateId) });
    if (loaded.length > 0) throw errors.files_in_archive({ count: loaded.length, archive: archiveOf(settings), tap: name });
  }
  const run: FileRun = { ...options, settings };
  let twins: readonly Candidate[] = [];
  return {
    async claim(state) {
      const taken = await takeFiles(run, state);
      if ("failure" in taken) return taken;
      twins = taken.twins;
      return taken;
    },
    async settle(state, end) {
      await settleFiles(run, state, end);
      for (const twin of twins) await settleTwin(run, twin);
      twins = [];
    },
  };
}
