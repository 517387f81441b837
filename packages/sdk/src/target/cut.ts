/**
 * The cut: which rows stand before the last STATE and which behind it. A commit covers the rows of all streams before a
 * cut and none after it (docs/explanation/delivery.md). Rows are kept as bytes, in two batches a stream, so that a commit
 * can stop at the last STATE even when more rows have come since. Pure bookkeeping: no I/O.
 */
import type { Json } from "@tapline/protocol";
import { type Arrived, LineBatch } from "./batch.ts";

export class Cut {
  #before = new Map<string, LineBatch>();
  #after = new Map<string, LineBatch>();
  #state: { value: Json } | undefined;
  #passed = false;
  byteLength = 0;

  /** A run of rows that came after the last STATE. */
  add(run: Arrived): void {
    const batch = this.#after.get(run.stream) ?? new LineBatch(run.stream);
    this.#after.set(run.stream, batch);
    batch.add(run);
    this.byteLength += run.bytes.length;
  }

  /** A STATE: everything up to here is before the cut. */
  mark(state: Json): void {
    for (const [stream, batch] of this.#after) {
      const earlier = this.#before.get(stream);
      if (earlier === undefined) this.#before.set(stream, batch);
      else earlier.append(batch);
    }
    this.#after.clear();
    this.#state = { value: state };
    this.#passed = false;
  }

  /** There is a STATE to commit at, and nothing from behind it has been handed over. */
  get canCommit(): boolean {
    return this.#state !== undefined && !this.#passed;
  }

  /**
   * Takes the largest batch, to hand it over without a commit. When that one is behind the cut, what the stream has before
   * it goes first, and the cut is passed: the commit has to wait for the next STATE.
   */
  takeLargest(): LineBatch[] {
    const largest = (side: Map<string, LineBatch>) =>
      [...side.values()].reduce<LineBatch | undefined>((a, b) => (a && a.byteLength >= b.byteLength ? a : b), undefined);
    const [before, after] = [largest(this.#before), largest(this.#after)];
    if (before !== undefined && before.byteLength >= (after?.byteLength ?? 0)) return this.#take(this.#before, before.stream);
    if (after === undefined) return [];
    return this.takeStream(after.stream);
  }

  /** Takes all rows of one stream, those behind the cut too (its schema is about to change). */
  takeStream(stream: string): LineBatch[] {
    const before = this.#take(this.#before, stream);
    const after = this.#take(this.#after, stream);
    if (after.length > 0) this.#passed = true;
    return [...before, ...after];
  }

  /** Takes what a commit at the last STATE covers. Call it only when `canCommit`. */
  takeBefore(): { batches: LineBatch[]; state: { value: Json } | undefined } {
    const batches = [...this.#before.keys()].flatMap((stream) => this.#take(this.#before, stream));
    const state = this.#state;
    this.#state = undefined;
    return { batches, state };
  }

  /** Takes everything: the input ended whole, so rows behind the last STATE count too. */
  takeAll(): { batches: LineBatch[]; state: { value: Json } | undefined } {
    const { batches, state } = this.takeBefore();
    return { batches: [...batches, ...[...this.#after.keys()].flatMap((stream) => this.#take(this.#after, stream))], state };
  }

  get hasRowsAfter(): boolean {
    return this.#after.size > 0;
  }

  #take(side: Map<string, LineBatch>, stream: string): LineBatch[] {
    const batch = side.get(stream);
    if (batch === undefined) return [];
    side.delete(stream);
    this.byteLength -= batch.byteLength;
    return [batch];
  }
}
