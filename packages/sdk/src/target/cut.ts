/**
 * The cut: which rows stand before the last STATE and which behind it. A commit covers the rows of all streams before a
 * cut and none after it (docs/explanation/delivery.md). Rows are kept as bytes, in two batches a stream, so that a commit
 * can stop at the last STATE even when more rows have come since. Pure bookkeeping: no I/O.
 */
import type { Json } from "@tapline/protocol";
import { type Arrived, LineBatch } from "./batch.ts";

/** An ACTIVATE_VERSION and when it came (RFC 3339). */
export interface Activated {
  version: number;
  at: string;
}

/** The one of the higher version, which says all that the other one does. */
export function higher(a: Activated | undefined, b: Activated | undefined): Activated | undefined {
  return a === undefined || (b !== undefined && b.version >= a.version) ? b : a;
}

/** What one commit covers. */
export interface Covered {
  batches: LineBatch[];
  /** By stream; the highest one of each. */
  activations: Map<string, Activated>;
  /** Undefined where the commit reaches no STATE that was not told before. */
  state: { value: Json } | undefined;
}

/** What came on one side of the last STATE. */
interface Side {
  batches: Map<string, LineBatch>;
  activations: Map<string, Activated>;
}

export class Cut {
  readonly #before: Side = { batches: new Map(), activations: new Map() };
  readonly #after: Side = { batches: new Map(), activations: new Map() };
  #state: { value: Json } | undefined;
  #passed = false;
  byteLength = 0;

  /** A run of rows that came after the last STATE. */
  add(run: Arrived): void {
    const { batches } = this.#after;
    const batch = batches.get(run.stream) ?? new LineBatch(run.stream);
    batches.set(run.stream, batch);
    batch.add(run);
    this.byteLength += run.bytes.length;
  }

  /** An ACTIVATE_VERSION behind rows of its stream. */
  activate(stream: string, activated: Activated): void {
    note(this.#after, stream, activated);
  }

  /** A STATE: everything up to here is before the cut. */
  mark(state: Json): void {
    for (const [stream, batch] of this.#after.batches) {
      const earlier = this.#before.batches.get(stream);
      if (earlier === undefined) this.#before.batches.set(stream, batch);
      else earlier.append(batch);
    }
    for (const [stream, activated] of this.#after.activations) note(this.#before, stream, activated);
    this.#after.batches.clear();
    this.#after.activations.clear();
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
    const largest = ({ batches }: Side) =>
      [...batches.values()].reduce<LineBatch | undefined>((a, b) => (a && a.byteLength >= b.byteLength ? a : b), undefined);
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
  takeBefore(): Covered {
    const covered = { ...this.#takeSide(this.#before), state: this.#state };
    this.#state = undefined;
    return covered;
  }

  /** Takes everything: the input ended whole, so what is behind the last STATE counts too. */
  takeAll(): Covered {
    for (const [stream, activated] of this.#after.activations) note(this.#before, stream, activated);
    this.#after.activations.clear();
    const { batches, activations, state } = this.takeBefore();
    return { batches: [...batches, ...this.#takeSide(this.#after).batches], activations, state };
  }

  get hasRowsAfter(): boolean {
    return this.#after.batches.size > 0;
  }

  #takeSide(side: Side): Omit<Covered, "state"> {
    const batches = [...side.batches.keys()].flatMap((stream) => this.#take(side, stream));
    const activations = new Map(side.activations);
    side.activations.clear();
    return { batches, activations };
  }

  #take({ batches }: Side, stream: string): LineBatch[] {
    const batch = batches.get(stream);
    if (batch === undefined) return [];
    batches.delete(stream);
    this.byteLength -= batch.byteLength;
    return [batch];
  }
}

function note({ activations }: Side, stream: string, activated: Activated): void {
  activations.set(stream, higher(activations.get(stream), activated) as Activated);
}
