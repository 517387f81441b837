/**
 * Puts rows in place though some of them are refused. Where a refusal names its row this is no more work than twice the rows;
 * elsewhere each refused row costs about two steps more than the binary logarithm of its distance from the one before.
 */
import { TaplineError } from "@tapline/sdk";

/** Rows are told by their places, which count from 0; the end of a range is the place behind its last row. */
export interface Isolation {
  count: number;
  /** All rows of the range or none, in their order. @throws TaplineError with recovery `skip` where a row is refused */
  put(from: number, to: number): Promise<void>;
  /** The row a refusal names; undefined where it names none. */
  placeOf?(refusal: TaplineError): number | undefined;
  /** Called once for each refused row. */
  refuse(place: number, refusal: TaplineError): Promise<void> | void;
}

/** @throws what is no refusal of a row, and what `refuse` throws */
export async function isolate({ count, put, placeOf = () => undefined, refuse }: Isolation): Promise<void> {
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
    /** Some row before this place is refused. */
    let known = from;
    for (let found = 0; at < to; ) {
      const end = Math.min(at + size, to);
      const refusal = await refusalOf(at, end);
      if (refusal === undefined) {
        at = end;
        size = at < known ? Math.max(1, (known - at) >> 1) : size * 2;
        continue;
      }
      const named = placeOf(refusal);
      if (named !== undefined) {
        await putAmong(at, named);
        await refuse(named, refusal);
        at = named + 1;
        // Not all of the rest: what stands behind the next refused row would be sent in vain.
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
  // A row may only have come before the one it refers to: rows are tried again as long as that helps.
  for (let before = 0; before !== unnamed.size; ) {
    before = unnamed.size;
    for (const place of [...unnamed.keys()]) {
      const refusal = await refusalOf(place, place + 1);
      if (refusal === undefined) unnamed.delete(place);
      else unnamed.set(place, refusal);
    }
  }
  for (const [place, refusal] of unnamed) await refuse(place, refusal);
}

/** The database refused one row of those it was given; errors found before it saw them have no cause. */
export function isRefusal(error: unknown): error is TaplineError {
  return error instanceof TaplineError && error.recovery === "skip" && error.cause !== undefined;
}
