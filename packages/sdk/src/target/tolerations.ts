/** What a target tolerated, by stream, kind and column. Counts of rows that no commit covers don't count. */
import type { Tolerated } from "@tapline/protocol";

export class Tolerations {
  #durable = new Map<string, Tolerated[]>();
  #waiting = new Map<string, Tolerated[]>();

  /** Adds to the count of the same kind and column; the first value stays the first. */
  add(stream: string, tolerated: Tolerated): void {
    sum(this.#waiting, stream, tolerated);
  }

  /** Call it after a commit: what waited is durable now. */
  commit(): void {
    for (const [stream, all] of this.#waiting) for (const each of all) sum(this.#durable, stream, each);
    this.#waiting = new Map();
  }

  /** The durable ones of a stream. */
  of(stream: string): readonly Tolerated[] {
    return this.#durable.get(stream) ?? [];
  }
}

function sum(all: Map<string, Tolerated[]>, stream: string, tolerated: Tolerated): void {
  const known = all.get(stream) ?? [];
  all.set(stream, known);
  const same = known.find(({ kind, column }) => kind === tolerated.kind && column === tolerated.column);
  if (same === undefined) known.push({ ...tolerated });
  else same.count += tolerated.count;
}
