/** What the caller of `load` may pass, and what `load` reports to it. */
import type { CheckFound, CostPart, MapCount, StreamSummary, TableChange } from "@tapline/protocol";
import type { Guarantee } from "./define.ts";
import type { MetadataClock } from "./metadata.ts";

export interface LoadOptions {
  /** Makes the metadata columns of the rows, where the config asks for them. Default: a clock that starts now. */
  clock?: MetadataClock;
  /** Abort it to stop: the rows before the last STATE are committed, the rows after it are dropped, and the generator throws Stopped. */
  signal?: AbortSignal;
  /** Called once, at the end of the input: whether the tap sent everything. False stops the load there. Default: it did. */
  isWhole?: () => Promise<boolean>;
  /**
   * After `signal`, also take what the pipe still holds, up to its last STATE: a tap that ended by itself may have sent STATEs that nobody
   * has read yet. Default: false.
   */
  readsRest?: boolean;
  /** Called once, before the first row, where a guarantee was asked for. */
  onGuarantee?: (guarantee: Guarantee) => void;
  /** Called for each commit that the target's ledger recorded, before its STATE is yielded: rows loaded, by stream. */
  onCommit?: (rows: Record<string, number>) => void;
  /** Called for each check of rows after a commit that changed what it has found in durable rows, and for all of them at every end. */
  onCheck?: (found: CheckFound, isLast: boolean) => void;
  onCount?: (stream: string, rows: number, bytes: number) => void;
  /** Called for each change of a table or a name once it is durable. */
  onChange?: (stream: string, change: TableChange) => void;
  warn?: (message: string) => void;
  /** Called once, at every end of a load into a database that is paid by use: what it cost. */
  onSpent?: (parts: readonly CostPart[]) => void;
  /** Called once, at every end of a load with stream maps: what they did with records. */
  onMapped?: (counts: readonly MapCount[]) => void;
  /**
   * Called once, at every end. Where the load ended early, each summary has `not_committed`, and what was durable before the end counts
   * as loaded.
   */
  onSummary?: (summaries: StreamSummary[]) => void;
}
