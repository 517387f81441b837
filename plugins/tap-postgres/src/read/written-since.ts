/**
 * The condition that finds rows of transactions which a snapshot did not see whole. A transaction inside another one (a savepoint) has an
 * id of its own that snapshots do not list, but never one before the oldest open transaction: so all from that one on are taken.
 */
import { quoteText } from "@tapline/columns";

/**
 * `oldestXid` is the 64-bit id of the oldest transaction that was open. A row has the lower half of its transaction's id, and `age` tells
 * how far that is from now in the same way for both. Rows older than 2^31 transactions look new, and are read once more.
 */
export function isWrittenSince(oldestXid: string): string {
  return `age(t.xmin) <= age(${quoteText(String(BigInt(oldestXid) & 0xffff_ffffn))}::xid)`;
}
