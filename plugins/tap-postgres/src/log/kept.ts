/** The log that the server keeps for a slot, against the limit of the settings: a warning from half of it on, a failed run above it. */
import type { TaplineError } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { LogParts } from "./parts.ts";
import type { Slot } from "./slot.ts";

type KeptParts = Pick<LogParts, "config" | "log">;

/** A run that did not read would have the server keep even more, so the error waits. */
export function checkKept(
  { name, retainedBytes }: Pick<Slot, "name" | "retainedBytes">,
  { config: { max_retained_wal: most }, log }: KeptParts,
  when: string,
): TaplineError | undefined {
  const kept = Math.round(retainedBytes / 1024 / 1024);
  if (most === undefined || kept < most / 2) return undefined;
  if (kept > most) return errors.log_kept_too_long({ slot: name, kept, most, when });
  log(
    "warning",
    `the server kept ${kept} MiB of log for the replication slot ${JSON.stringify(name)} ${when}; max_retained_wal is ${most}`,
  );
  return undefined;
}

export interface KeptWatch {
  /** Aborted when the run shall end, because too much is kept. */
  readonly ends: AbortSignal;
  tooLong(): TaplineError | undefined;
  look(retainedBytes: number, isCaughtUp: boolean): void;
}

/**
 * For a run that stays: once it has caught up, it warns once, and ends failed when the server still keeps too much, as it does for a transaction that
 * stays open, or a target that commits nothing.
 */
export function keptWatch(parts: KeptParts, slot: string): KeptWatch {
  const over = new AbortController();
  let error: TaplineError | undefined;
  let isWarned = false;
  const log: KeptParts["log"] = (...words) => {
    if (!isWarned) parts.log(...words);
    isWarned = true;
  };
  return {
    ends: over.signal,
    tooLong: () => error,
    look(retainedBytes: number, isCaughtUp: boolean): void {
      if (!isCaughtUp || error !== undefined) return;
      error = checkKept({ name: slot, retainedBytes }, { config: parts.config, log }, "while this run followed");
      if (error !== undefined) over.abort();
    },
  };
}
