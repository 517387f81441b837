/** RECORD lines of a page's records, made of the answer's own bytes. Records with columns that are not sent go the usual way, as objects. */
import { isUtf8 } from "node:buffer";
import { Lines, type ReadContext, type Row } from "@tapline/sdk";
import { RecordCopier } from "../records/record-copier.ts";

/** The lines of those of a page's records that are wanted; undefined: they must go the usual way, and `isWanted` was not called. */
export type LineMaker = (bytes: Buffer, records: readonly unknown[], isWanted: ((row: Row) => boolean) | undefined) => Lines | undefined;

/**
 * @param keys the path of the list in the answer
 * @param added columns that each row gets, such as those of the parent
 */
export function lineMaker(context: ReadContext, keys: readonly string[], added: Row): LineMaker {
  const names = Object.keys(added);
  const head = Buffer.from(context.head);
  const known = new Set(context.columns);
  const canSend = (record: unknown): record is Row => {
    for (const name in record as Row) if (!known.has(name)) return false;
    for (const name of names) if (!known.has(name) || Object.hasOwn(record as Row, name)) return false;
    return typeof record === "object" && record !== null && !Array.isArray(record);
  };
  const more = names.length === 0 ? "" : JSON.stringify(added).slice(1, -1);
  const ends = { filled: Buffer.from(more === "" ? "}" : `,${more}}`), empty: Buffer.from(`${more}}`) };
  return (bytes, records, isWanted) => {
    if (records.length === 0 || !records.every(canSend) || !isUtf8(bytes)) return undefined;
    const copier = RecordCopier.at(bytes, keys);
    if (copier === undefined) return undefined;
    const tail = context.tail();
    const out = Buffer.allocUnsafe(bytes.length + records.length * (head.length + ends.filled.length + tail.length));
    const ended = new Int32Array(records.length);
    let end = 0;
    for (let index = 0; index < records.length; index++) {
      out.set(head, end);
      const from = end + head.length;
      end = copier.next(out, from);
      if (end < 0) return undefined;
      const rest = end - from > 1 ? ends.filled : ends.empty;
      out.set(rest, end);
      out.set(tail, end + rest.length);
      end += rest.length + tail.length;
      ended[index] = end;
    }
    if (!copier.isWhole(keys)) return undefined;
    return isWanted === undefined ? new Lines(out.subarray(0, end), records.length) : onlyWanted(out, ended, records as Row[], isWanted);
  };
}

/** Closes the gaps that rows leave which are not wanted. */
function onlyWanted(out: Buffer, ended: Int32Array, rows: readonly Row[], isWanted: (row: Row) => boolean): Lines {
  let [kept, end] = [0, 0];
  for (const [index, row] of rows.entries()) {
    if (!isWanted(row)) continue;
    const from = index === 0 ? 0 : (ended[index - 1] as number);
    const until = ended[index] as number;
    if (from !== end) out.copyWithin(end, from, until);
    end += until - from;
    kept++;
  }
  return new Lines(out.subarray(0, end), kept);
}
