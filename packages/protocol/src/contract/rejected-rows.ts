/** Rows that a tap rejected: what its summary reports of the first, and a sentence about all for people. */
import { formatNumber } from "../format-number.ts";
import { describePosition, type Position } from "../position.ts";

/** `reason` is null where the tap gave none. */
export interface FirstRejected {
  position: Position;
  reason: string | null;
}

/** "2 rows were rejected and not sent; the first: file a.csv, line 7 (no integer); they are in bad.jsonl". `keptIn` null: the tap only counts them. */
export function describeRejected(count: number, first: FirstRejected | null, keptIn: string | null): string {
  const rows = count === 1 ? "1 row was" : `${formatNumber(count)} rows were`;
  const place = first === null ? "" : describePosition(first.position);
  const reason = first?.reason == null ? "" : place === "" ? first.reason : ` (${first.reason})`;
  const found = `${place}${reason}`;
  const where = found === "" ? "" : `; ${count === 1 ? "" : "the first: "}${found}`;
  const they = count === 1 ? "it is" : "they are";
  return `${rows} rejected and not sent${where}; ${keptIn === null ? `${they} not kept` : `${they} in ${keptIn}`}`;
}
