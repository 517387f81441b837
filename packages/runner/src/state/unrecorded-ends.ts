/**
 * Runs of this process that are over although their store could not record it. The process is alive, so by its pid such a run would
 * hold its state id until the process ends, which for a server may be months.
 */
import type { RunKey } from "./store.ts";

export interface UnrecordedEnds {
  /** A run may hold its state id from here on. */
  open(run: RunKey): void;
  /** The store recorded the end of a run, or never opened it. */
  recorded(run: RunKey): void;
  /** Nothing works on this run any more. */
  letGo(run: RunKey): void;
  /** Whether a run was let go of while its end was not recorded. */
  isOver(runId: string): boolean;
}

const stores = new Map<string, UnrecordedEnds>();

/** The same object for every connection of this process to a store. */
export function unrecordedEnds(storeId: string): UnrecordedEnds {
  const known = stores.get(storeId);
  if (known !== undefined) return known;
  const [open, over] = [new Set<string>(), new Set<string>()];
  const made: UnrecordedEnds = {
    open: ({ runId }) => void open.add(runId),
    recorded: ({ runId }) => void open.delete(runId),
    letGo({ runId }) {
      if (open.delete(runId)) over.add(runId);
    },
    isOver: (runId) => over.has(runId),
  };
  stores.set(storeId, made);
  return made;
}
