/**
 * The cut: which rows arrived before the last STATE and which after it. A commit covers the rows of all streams before a
 * cut and none after it (docs/explanation/delivery.md). Rows are kept as bytes, in two batches a stream, so that a commit
 * can stop at the last STATE even when more rows have arrived since. No I/O.
 */
import type { Json } from "@tapline/protocol";
import { type Arrived, LineBatch } from "./batch.ts";

/** An ACTIVATE_VERSION and when it arrived (RFC 3339). */
export interface Activated {
  version: number;
  at: string;
}

/** The one of the higher version: it covers the other. */
export function higher(a: Activated | undefined, b: Activated | undefined): Activated | undefined {
  return a === undefined || (b !== undefined && b.version >= a.version) ? b : a;
}

/** What one commit covers. */
export interface Covered {
  batches: LineBatch[];
  /** By stream; the highest one of each. */
  activations: Map<string, Activated>;
  /** The STATE to emit after the commit; undefined where it was emitted before. */
  state: { value: Json } | undefined;
}

/** What arrived on one side of the last STATE and is not durable. */
interface Side {
  batches: Map<string, LineBatch>;
  activations: Map<string, Activated>;
  /** When its first row arrived, in milliseconds; rows that were handed over count. */
  since: number | undefined;
}

const newSide = (): Side => ({ batches: new Map(), activations: new Map(), since: undefined });

export class Cut {
  readonly #before = newSide();
  readonly #after = newSide();
  #state: { value: Json } | undefined;
  /** Rows after the last STATE were handed over. */
  #passed = false;
  byteLength = 0;

  /** Takes a run of rows; they are after the last STATE. */
  add(run: Arrived): void {
    const { batches } = this.#after;
    const batch = batches.get(run.stream) ?? new LineBatch(run.stream);
    batches.set(run.stream, batch);
    batch.add(run);
    this.#after.since ??= Date.parse(run.receivedAt);
    this.byteLength += run.bytes.length;
  }

  /** Takes an ACTIVATE_VERSION that arrived after rows of its stream. */
  activate(stream: string, activated: Activated): void {
    note(this.#after, stream, activated);
  }

  /** Takes a STATE: everything so far is before the cut now. */
  mark(state: Json): void {
    for (const [stream, batch] of this.#after.batches) {
      const earlier = this.#before.batches.get(stream);
      if (earlier === undefined) this.#before.batches.set(stream, batch);
      else earlier.append(batch);
    }
    for (const [stream, activated] of this.#after.activations) note(this.#before, stream, activated);
    this.#before.since ??= this.#after.since;
    this.#after.batches.clear();
    this.#after.activations.clear();
    this.#after.since = undefined;
    this.#state = { value: state };
    this.#passed = false;
  }

  /** There is a STATE to commit at, and no row after it was handed over. */
  get canCommit(): boolean {
    return this.#state !== undefined && !this.#passed;
  }

  /** When the oldest row that is not durable arrived, in milliseconds; undefined where all are durable. */
  get oldest(): number | undefined {
    return this.#before.since ?? this.#after.since;
  }

  /**
   * Takes the largest batch, to hand it over without a commit. When that one is after the cut, the stream's rows before the cut are
   * taken first, and the commit has to wait for the next STATE.
   */
  takeLargest(): LineBatch[] {
    const largest = ({ batches }: Side) =>
      [...batches.values()].reduce<LineBatch | undefined>((a, b) => (a && a.byteLength >= b.byteLength ? a : b), undefined);
    const [before, after] = [largest(this.#before), largest(this.#after)];
    if (before !== undefined && before.byteLength >= (after?.byteLength ?? 0)) return this.#take(this.#before, before.stream);
    if (after === undefined) return [];
    return this.takeStream(after.stream);
  }

  /** Takes all rows of one stream, also those after the cut (its schema is about to change). */
  takeStream(stream: string): LineBatch[] {
    const before = this.#take(this.#before, stream);
    const after = this.#take(this.#after, stream);
    if (after.length > 0) this.#passed = true;
    return [...before, ...after];
  }

  /** Takes what a commit at the last STATE covers. Call it only when `canCommit`. */
  takeBefore(): Covered {
    const covered = { ...this.#takeSide(this.#before), state: this.#state };
    this.#before.since = undefined;
    this.#state = undefined;
    return covered;
  }

  /** Takes everything: the input ended whole, so the rows after the last STATE count too. */
  takeAll(): Covered {
    for (const [stream, activated] of this.#after.activations) note(this.#before, stream, activated);
    this.#after.activations.clear();
    const { batches, activations, state } = this.takeBefore();
    const { batches: rest } = this.#takeSide(this.#after);
    this.#after.since = undefined;
    return { batches: [...batches, ...rest], activations, state };
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
