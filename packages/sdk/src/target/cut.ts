/**
 * The cut: what arrived before the last STATE and what after it. A commit covers the rows of all streams before a cut and none
 * after it (docs/explanation/delivery.md). Rows are kept as bytes, apart by side, so that a commit can stop at the last STATE even
 * when more rows have arrived since. No I/O.
 */
import type { Json } from "@tapline/protocol";
import { type Arrived, LineBatch } from "./line-batch.ts";

/** An ACTIVATE_VERSION and when it arrived (RFC 3339). */
export interface Activated {
  version: number;
  at: string;
}

/** The one of the higher version: it covers the other. */
export function higher(a: Activated | undefined, b: Activated | undefined): Activated | undefined {
  return a === undefined || (b !== undefined && b.version >= a.version) ? b : a;
}

/** A message that acts between the rows of its stream: another SCHEMA, a REPLACE_SOURCE. */
export interface StreamChange {
  stream: string;
  byteLength: number;
  apply(): Promise<void>;
}

/** Rows and changes are handed over in the order they arrived. */
export type Step = LineBatch | StreamChange;

/** What one commit covers. */
export interface Covered {
  steps: Step[];
  /** By stream; the highest one of each. */
  activations: Map<string, Activated>;
  /** The STATE to emit after the commit; undefined where it was emitted before. */
  state: { value: Json } | undefined;
}

/** The steps of one stream. */
interface Queue {
  stream: string;
  steps: Step[];
  byteLength: number;
}

/** What arrived on one side of the last STATE and is not durable. */
interface Side {
  queues: Map<string, Queue>;
  activations: Map<string, Activated>;
  /** When its first row arrived, in milliseconds; rows that were handed over count. */
  since: number | undefined;
}

const newSide = (): Side => ({ queues: new Map(), activations: new Map(), since: undefined });

export class Cut {
  readonly #before = newSide();
  readonly #after = newSide();
  #state: { value: Json } | undefined;
  /** Steps after the last STATE were handed over. */
  #passed = false;
  byteLength = 0;

  /** Takes a run of rows; they are after the last STATE. */
  add(run: Arrived): void {
    const queue = queueOf(this.#after, run.stream);
    let batch = queue.steps.at(-1);
    if (!(batch instanceof LineBatch) || !batch.takes(run)) {
      batch = new LineBatch(run.stream, run.source);
      queue.steps.push(batch);
    }
    batch.add(run);
    queue.byteLength += run.bytes.length;
    this.byteLength += run.bytes.length;
    this.#after.since ??= Date.parse(run.receivedAt);
  }

  /** Takes a change of a stream; it is after the last STATE. `receivedAt`: when its rows arrived, where it has rows. */
  change(change: StreamChange, receivedAt?: string): void {
    const queue = queueOf(this.#after, change.stream);
    queue.steps.push(change);
    queue.byteLength += change.byteLength;
    this.byteLength += change.byteLength;
    if (receivedAt !== undefined) this.#after.since ??= Date.parse(receivedAt);
  }

  /** Takes an ACTIVATE_VERSION that arrived after rows of its stream. */
  activate(stream: string, activated: Activated): void {
    note(this.#after, stream, activated);
  }

  /** Takes a STATE: everything so far is before the cut now. */
  mark(state: Json): void {
    for (const queue of this.#after.queues.values()) append(queueOf(this.#before, queue.stream), queue);
    for (const [stream, activated] of this.#after.activations) note(this.#before, stream, activated);
    this.#before.since ??= this.#after.since;
    this.#after.queues.clear();
    this.#after.activations.clear();
    this.#after.since = undefined;
    this.#state = { value: state };
    this.#passed = false;
  }

  /** There is a STATE to commit at, and nothing after it was handed over. */
  get canCommit(): boolean {
    return this.#state !== undefined && !this.#passed;
  }

  /** When the oldest row that is not durable arrived, in milliseconds; undefined where all are durable. */
  get oldest(): number | undefined {
    return this.#before.since ?? this.#after.since;
  }

  /** Something of the stream was not handed over yet. */
  holds(stream: string): boolean {
    return this.#before.queues.has(stream) || this.#after.queues.has(stream);
  }

  /**
   * Takes the steps of the stream that holds most bytes, to hand them over without a commit: those before the last STATE while there
   * are any, so that a commit at that STATE stays possible. When nothing before it is left, the rows after it alone are over the memory
   * budget. They are taken too, and the commit has to wait for the next STATE.
   */
  takeLargest(): Step[] {
    const side = this.#before.queues.size > 0 ? this.#before : this.#after;
    const queues = [...side.queues.values()];
    if (queues.length === 0) return [];
    if (side === this.#after) this.#passed = true;
    return this.#take(
      side,
      queues.reduce((a, b) => (b.byteLength > a.byteLength ? b : a)),
    );
  }

  /** Takes the steps before the last STATE of streams that hold so many bytes, to hand them over while more input arrives. */
  takeBefore(bytes: number): Step[] {
    const large = [...this.#before.queues.values()].filter((queue) => queue.byteLength >= bytes);
    return large.flatMap((queue) => this.#take(this.#before, queue));
  }

  /** Takes what a commit at the last STATE covers. Call it only when `canCommit`. */
  takeCommit(): Covered {
    const covered = { ...this.#takeSide(this.#before), state: this.#state };
    this.#before.since = undefined;
    this.#state = undefined;
    return covered;
  }

  /** Takes everything: the input ended whole, so the rows after the last STATE count too. */
  takeAll(): Covered {
    for (const [stream, activated] of this.#after.activations) note(this.#before, stream, activated);
    this.#after.activations.clear();
    const { steps, activations, state } = this.takeCommit();
    const { steps: rest } = this.#takeSide(this.#after);
    this.#after.since = undefined;
    return { steps: [...steps, ...rest], activations, state };
  }

  #takeSide(side: Side): Omit<Covered, "state"> {
    const steps = [...side.queues.values()].flatMap((queue) => this.#take(side, queue));
    const activations = new Map(side.activations);
    side.activations.clear();
    return { steps, activations };
  }

  #take({ queues }: Side, { stream, steps, byteLength }: Queue): Step[] {
    queues.delete(stream);
    this.byteLength -= byteLength;
    return steps;
  }
}

function queueOf({ queues }: Side, stream: string): Queue {
  const queue = queues.get(stream) ?? { stream, steps: [], byteLength: 0 };
  queues.set(stream, queue);
  return queue;
}

/** Rows on both sides of the joint become one batch. */
function append(queue: Queue, later: Queue): void {
  const [last, [first, ...others]] = [queue.steps.at(-1), later.steps];
  if (last instanceof LineBatch && first instanceof LineBatch && last.takes(first)) last.append(first);
  else if (first !== undefined) queue.steps.push(first);
  queue.steps.push(...others);
  queue.byteLength += later.byteLength;
}

function note({ activations }: Side, stream: string, activated: Activated): void {
  activations.set(stream, higher(activations.get(stream), activated) as Activated);
}
