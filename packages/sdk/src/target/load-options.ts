/** What the caller of `load` may pass, and what `load` reports to it. */
import type { Guarantee, TableChange } from "./define.ts";

export interface LoadOptions {
  /** Abort it to stop: the rows before the last STATE are committed, the rows after it are dropped, and the generator throws Stopped. */
  signal?: AbortSignal;
  /** Called once, at the end of the input: whether the tap sent everything. False stops the load there. Default: it did. */
  isWhole?: () => Promise<boolean>;
  /** Called once, before the first row, where a guarantee was asked for. */
  onGuarantee?: (guarantee: Guarantee) => void;
  onCount?: (stream: string, rows: number, bytes: number) => void;
  /** Called for each change of a table or a name once it is durable. */
  onChange?: (stream: string, change: TableChange) => void;
  warn?: (message: string) => void;
  /** Called once, when the input ended whole and everything is durable. */
  onSummary?: (summaries: StreamSummary[]) => void;
}

/** The totals of a stream: received = loaded + rejected + superseded, loaded = inserted + updated. */
export interface StreamSummary {
  stream: string;
  received: number;
  loaded: number;
  inserted: number;
  updated: number;
  superseded: number;
  rejected: number;
  /** Rows that ACTIVATE_VERSION marked, removed or gave a tombstone. */
  deleted: number;
  table: string;
  /** Where rejected rows are; only when there are some. */
  rejects?: string;
  in_table: number;
  seconds: number;
  /** What was done to the table or to names; only when there is something. */
  changes?: readonly TableChange[];
}
