/** Passes a producer's chunks on and notices when it has to be waited for, so that rows in a buffer need not wait with it. */
/** Yielded when the next chunk is not there at once. */
export const waiting = Symbol("waiting");

/** The producer's chunks. Where the next one is not there at once and `holdsRows`, `waiting` is yielded before it. */
export async function* promptly<T>(source: AsyncIterable<T> | Iterable<T>, holdsRows: () => boolean): AsyncGenerator<T | typeof waiting> {
  if (!(Symbol.asyncIterator in source)) return yield* source;
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      if (holdsRows() && !(await isThere(next))) yield waiting;
      const { done, value } = await next;
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

function isThere(next: Promise<unknown>): Promise<boolean> {
  return Promise.race([next.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}
