/**
 * Runs some generators ahead of their reader, and gives what they yield in the order of the generators: so requests overlap, and rows and
 * STATEs stay in order. Each one waits when what it holds is over its share of memory.
 */

/** Makes a generator that stops when the signal is aborted. */
export type Task<T> = (signal: AbortSignal) => AsyncGenerator<T>;

export interface OrderOptions<T> {
  /** So many at a time. */
  readonly concurrency: number;
  /** Memory of what was yielded, in bytes. */
  readonly sizeOf: (item: T) => number;
  readonly signal: AbortSignal;
}

/** For all generators together. More would only make records old in memory, which costs the collector time. */
const aheadBytes = 4 * 1024 * 1024;

/** Yields the items of the first task, then `end` of it, then those of the second, … @throws the error of a task, at its place */
export async function* inOrder<T>(
  tasks: Iterable<Task<T>>,
  { concurrency, sizeOf, signal }: OrderOptions<T>,
): AsyncGenerator<{ task: number; item: T } | { task: number; end: true }> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const source = tasks[Symbol.iterator]();
  const lanes: Lane<T>[] = [];
  const fill = (): void => {
    while (lanes.length < concurrency) {
      const { done, value } = source.next();
      if (done === true) return;
      lanes.push(new Lane(value(both), sizeOf, aheadBytes / concurrency));
    }
  };
  try {
    fill();
    for (let task = 0; ; task++) {
      const lane = lanes[0];
      if (lane === undefined) return;
      for (let item = await lane.take(); item !== undefined; item = await lane.take()) yield { task, item: item.value };
      yield { task, end: true };
      lanes.shift();
      fill();
    }
  } finally {
    stop.abort();
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

/** A generator that is read ahead. */
class Lane<T> {
  readonly #source: AsyncGenerator<T>;
  readonly #items: T[] = [];
  readonly #done: Promise<void>;
  #bytes = 0;
  #isOver = false;
  #isClosed = false;
  #failure: { error: unknown } | undefined;
  #wakeReader = (): void => {};
  #wakeSource = (): void => {};

  constructor(source: AsyncGenerator<T>, sizeOf: (item: T) => number, share: number) {
    this.#source = source;
    this.#done = this.#run(sizeOf, share);
  }

  /** undefined: there is no more. @throws what the source threw */
  async take(): Promise<{ value: T; size?: number } | undefined> {
    while (this.#items.length === 0 && !this.#isOver) await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    const value = this.#items.shift();
    if (value !== undefined) {
      if (this.#items.length === 0) this.#bytes = 0;
      this.#wakeSource();
      return { value };
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wakeSource();
    await this.#done;
  }

  async #run(sizeOf: (item: T) => number, share: number): Promise<void> {
    try {
      for await (const item of this.#source) {
        this.#items.push(item);
        this.#bytes += sizeOf(item);
        this.#wakeReader();
        while (this.#bytes > share && !this.#isClosed) await new Promise<void>((resolve) => (this.#wakeSource = resolve));
        if (this.#isClosed) break;
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#isOver = true;
    this.#wakeReader();
  }
}
