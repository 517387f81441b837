/**
 * Rows that commit after a run has read, with a replication key before the bookmark: whichever way a table is read, the next run must
 * still find them, or the person must know that it may not. This decides which way applies. Pure.
 */
import type { CursorKind } from "./table.ts";

/** `hold`: every time is the server's. `scan`: find rows by the transaction that wrote them. */
export type LateRowsSetting = "auto" | "hold" | "scan";

export type LateRows =
  /** The bookmark is held at the start of the oldest open transaction. */
  | { kind: "held"; at: string }
  /** The next run begins so much before the bookmark: seconds, or a count. */
  | { kind: "lookback"; amount: number }
  /** The next run also reads the rows of all transactions that were open, or came later. */
  | { kind: "scan" }
  /** Such rows are lost. */
  | { kind: "none"; why: string };

export interface LateRowsInput {
  setting: LateRowsSetting;
  lookback: number | undefined;
  cursor: CursorKind;
  /** When the oldest open transaction began, as the source writes times; or why that can't be known. */
  oldest: { at: string } | { unknown: string };
  /** Whether rows tell which transaction wrote them: those of a view don't. */
  tellsTransaction: boolean;
}

export function lateRowsOf({ setting, lookback, cursor, oldest, tellsTransaction }: LateRowsInput): LateRows {
  if (setting === "scan" && tellsTransaction) return { kind: "scan" };
  const isServerTime = cursor === "server-time" || (setting === "hold" && cursor === "time");
  if (isServerTime && "at" in oldest) return { kind: "held", at: oldest.at };
  if (lookback !== undefined && lookback > 0 && (cursor === "number" || cursor === "time" || cursor === "server-time"))
    return { kind: "lookback", amount: lookback };
  if (isServerTime && "unknown" in oldest) return { kind: "none", why: oldest.unknown };
  return { kind: "none", why: reasons[cursor] };
}

const reasons: Record<CursorKind, string> = {
  "server-time": "the start of the oldest open transaction is not known",
  time: "it is not known whether its times are those of the server",
  number: "a transaction that took a smaller number may commit after one with a larger number",
  other: "its order is not that of the commits",
};

/** For the person who runs the tap: which rows would be lost, why, and which settings prevent it. */
export function lateRowsWarning(stream: string, key: string, why: string, remedy = "set late_rows: scan, or a lookback"): string {
  return `stream ${JSON.stringify(stream)} is read by ${JSON.stringify(key)}: a row that commits after this run with a value before the bookmark is not read by the next run, for ${why}; ${remedy}`;
}
