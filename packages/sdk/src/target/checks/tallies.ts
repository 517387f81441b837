/** What checks of rows have found, apart by the sides of the cut: only what a commit covers counts. */
import { type CheckFound, type FaultyRow, mostFaultyRows } from "@tapline/protocol";

interface Tally {
  rows: number;
  failed: number;
  first: FaultyRow[];
}

type Side = Map<string, Tally>;

export class Tallies {
  #after: Side = new Map();
  #before: Side = new Map();
  readonly #durable: Side = new Map();
  /** Ids of checks whose durable counts changed since `takeChanged`. */
  readonly #changed = new Set<string>();

  rows(id: string, count: number): void {
    tallyOf(this.#after, id).rows += count;
  }

  /** `describe` is called for the first faulty rows only. */
  fault(id: string, describe: () => FaultyRow): void {
    const tally = tallyOf(this.#after, id);
    tally.failed++;
    if (tally.first.length < mostFaultyRows) tally.first.push(describe());
  }

  /** The row that ends the load: it is in no commit, and told all the same. */
  stop(id: string, row: FaultyRow): void {
    add(this.#durable, id, { rows: 1, failed: 1, first: [row] });
    this.#changed.add(id);
  }

  /** A STATE: everything so far is before the cut. */
  mark(): void {
    for (const [id, tally] of this.#after) add(this.#before, id, tally);
    this.#after = new Map();
  }

  /** A commit of what is before the cut, at the end of everything. */
  commit(isEnd: boolean): void {
    if (isEnd) this.mark();
    for (const [id, tally] of this.#before) {
      add(this.#durable, id, tally);
      this.#changed.add(id);
    }
    this.#before = new Map();
  }

  takeChanged(): string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  found(id: string): Pick<CheckFound, "rows" | "failed" | "first"> {
    return this.#durable.get(id) ?? { rows: 0, failed: 0, first: [] };
  }
}

function tallyOf(side: Side, id: string): Tally {
  const known = side.get(id) ?? { rows: 0, failed: 0, first: [] };
  side.set(id, known);
  return known;
}

function add(side: Side, id: string, { rows, failed, first }: Tally): void {
  const tally = tallyOf(side, id);
  tally.rows += rows;
  tally.failed += failed;
  tally.first = [...tally.first, ...first].slice(0, mostFaultyRows);
}
