/** What a change of the log is to the rows of its stream: an update of the key deletes the old row and makes a new one. */
import { takesPartialRows } from "@tapline/sdk";
import type { LogStream } from "./log-stream.ts";
import type { LogMessage } from "./pgoutput.ts";
import { instantText } from "./stream-frames.ts";

/** The transaction that the log is in. */
export interface Transaction {
  commitLsn: bigint;
  /** Microseconds since 2000. */
  committedAt: bigint;
}

type RowMessage = Extract<LogMessage, { kind: "insert" | "update" | "delete" }>;

export function putChange(stream: LogStream, message: RowMessage, { committedAt }: Transaction): void {
  const { lines } = stream;
  if (message.kind === "insert") {
    lines.put({ row: message.row });
    return;
  }
  const before = message.old ?? message.oldKey;
  if (message.kind === "delete") {
    if (before === undefined || !lines.columns.hasKeys(before)) loseKey(stream);
    else lines.put({ row: before, deletedAt: instantText(committedAt) });
    return;
  }
  const isMoved = before !== undefined && lines.columns.differ(message.row, before);
  if (isMoved && !lines.columns.hasKeys(before)) {
    loseKey(stream);
    return;
  }
  if (isMoved) lines.put({ row: before, deletedAt: instantText(committedAt) });
  // A row with a new key has nothing loaded that its unchanged values could be kept from.
  const mustBeWhole = isMoved || takesPartialRows(stream.context.target) === false;
  lines.put({ row: message.row, old: message.old, oldKey: message.oldKey, mustBeWhole });
}

/** A partition can have another identity than its table. */
function loseKey(stream: LogStream): void {
  stream.resync =
    "the log has a change without the old values of the key, so the replica identity of the table or a partition was another one";
}
