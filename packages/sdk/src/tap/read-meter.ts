/** Adds up how much of all its streams a tap has read, so that a run can show the share that is done. */
import type { Stream } from "./define.ts";

export interface ReadMeter {
  /** How many bytes of a stream are read. The first call makes the meter ask the streams for their totals. */
  read(stream: string, doneBytes: number): void;
  /** The stream is read, or had nothing new. */
  end(stream: string): void;
}

/** `report` is called with bytes; never where a stream does not know its total. */
export function createReadMeter(streams: readonly Stream[], report: (done: number, total: number) => void): ReadMeter {
  let totals: Map<string, number> | undefined;
  let isAsked = false;
  const done = new Map<string, number>();
  const ask = async (): Promise<void> => {
    isAsked = true;
    const found = new Map<string, number>();
    for (const { name, totalBytes } of streams) {
      const total = await totalBytes?.().catch(() => undefined);
      if (total === undefined) return;
      found.set(name, total);
    }
    totals = found;
  };
  const print = (): void => {
    if (totals === undefined) return;
    const total = sum(totals.values());
    if (total > 0) report(sum([...totals].map(([stream, bytes]) => Math.min(done.get(stream) ?? 0, bytes))), total);
  };
  return {
    read(stream, doneBytes) {
      if (!isAsked) void ask();
      done.set(stream, doneBytes);
      print();
    },
    end(stream) {
      done.set(stream, Number.POSITIVE_INFINITY);
      print();
    },
  };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
