/**
 * Puts rows in place although some of them are refused. Where a refusal names its row, this is at most twice the work; elsewhere each
 * refused row costs about two steps more than the binary logarithm of its distance from the one before.
 */
import { TaplineError } from "@tapline/sdk";

/** Rows are numbered from 0; a range ends before its second number. */
export interface Isolation {
  count: number;
  /** All rows of the range or none, in their order. @throws TaplineError with recovery `skip` where a row is refused */
  put(from: number, to: number): Promise<void>;
  /** The row a refusal names; undefined where it names none. */
  rowOf?(refusal: TaplineError): number | undefined;
  /** Called once for each refused row. */
  refuse(row: number, refusal: TaplineError): Promise<void> | void;
}

/** @throws errors that refuse no single row, and what `refuse` throws */
export async function isolate({ count, put, rowOf = () => undefined, refuse }: Isolation): Promise<void> {
  const unnamed = new Map<number, TaplineError>();
  const refusalOf = async (from: number, to: number): Promise<TaplineError | undefined> => {
    try {
      await put(from, to);
      return undefined;
    } catch (error) {
      if (isRefusal(error)) return error;
      throw error;
    }
  };

  const putAmong = async (from: number, to: number): Promise<void> => {
    let at = from;
    let size = to - from;
    /** Some row before this one is refused. */
    let known = from;
    for (let found = 0; at < to; ) {
      const end = Math.min(at + size, to);
      const refusal = await refusalOf(at, end);
      if (refusal === undefined) {
        at = end;
        size = at < known ? Math.max(1, (known - at) >> 1) : size * 2;
        continue;
      }
      const named = rowOf(refusal);
      if (named !== undefined) {
        await putAmong(at, named);
        await refuse(named, refusal);
        at = named + 1;
        // Not all of the rest: what comes after the next refused row would be sent for nothing.
        size = 4 * Math.ceil((at - from) / ++found);
      } else if (end - at > 1) {
        known = end;
        size = (end - at) >> 1;
      } else {
        unnamed.set(at++, refusal);
        known = at;
        size = Math.ceil((at - from) / ++found);
      }
    }
  };

  await putAmong(0, count);
  // A row may have arrived before the one it refers to: rows are tried again while that helps.
  for (let before = 0; before !== unnamed.size; ) {
    before = unnamed.size;
    for (const row of [...unnamed.keys()]) {
      const refusal = await refusalOf(row, row + 1);
      if (refusal === undefined) unnamed.delete(row);
      else unnamed.set(row, refusal);
    }
  }
  for (const [row, refusal] of unnamed) await refuse(row, refusal);
}

/** The database refused one row; errors found before the database saw the rows have no cause. */
export function isRefusal(error: unknown): error is TaplineError {
  return error instanceof TaplineError && error.recovery === "skip" && error.cause !== undefined;
}
