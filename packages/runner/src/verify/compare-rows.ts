/**
 * Compares the rows of two tables that come sorted by the hash of their key: one pass over both, with the rows of one key in memory. A key
 * may come twice, on one side or both: equal rows go off against each other, and what is left differs.
 */
import type { ColumnPair } from "./pair-columns.ts";
import { type Cell, isSame } from "./same-value.ts";

export interface HashedRow {
  hash: string;
  cells: readonly Cell[];
}

export type Difference =
  | { what: "only_here"; hash: string; here: readonly Cell[] }
  | { what: "only_there"; hash: string; there: readonly Cell[] }
  | { what: "differing"; hash: string; here: readonly Cell[]; there: readonly Cell[]; columns: readonly number[] };

/** Of each side: rows whose key another row has, less one for each key. */
export interface KeyCounts {
  here: number;
  there: number;
}

/** More rows share a key than are to be in memory together. */
export class TooManyOfOneKey extends Error {}

/** In the order of the hashes. Adds to `duplicates`. @throws TooManyOfOneKey where more than `most` rows of a side share a key */
export async function* compareRows(
  here: AsyncIterator<HashedRow>,
  there: AsyncIterator<HashedRow>,
  pairs: readonly ColumnPair[],
  { most, duplicates }: { most: number; duplicates: KeyCounts },
): AsyncGenerator<Difference> {
  const [left, right] = [
    new Groups(here, most, (count) => (duplicates.here += count)),
    new Groups(there, most, (count) => (duplicates.there += count)),
  ];
  let [one, other] = await Promise.all([left.next(), right.next()]);
  while (one !== undefined || other !== undefined) {
    if (other === undefined || (one !== undefined && one.hash < other.hash)) {
      const { hash, rows } = one as Group;
      for (const row of rows) yield { what: "only_here", hash, here: row };
      one = await left.next();
    } else if (one === undefined || other.hash < one.hash) {
      for (const row of other.rows) yield { what: "only_there", hash: other.hash, there: row };
      other = await right.next();
    } else {
      yield* compareGroups(one, other, pairs);
      [one, other] = await Promise.all([left.next(), right.next()]);
    }
  }
}

interface Group {
  hash: string;
  rows: (readonly Cell[])[];
}

/** The rows of one hash together. */
class Groups {
  readonly #rows: AsyncIterator<HashedRow>;
  #ahead: HashedRow | undefined;
  #hasBegun = false;
  readonly #most: number;
  readonly #onDuplicates: (count: number) => void;

  constructor(rows: AsyncIterator<HashedRow>, most: number, onDuplicates: (count: number) => void) {
    this.#rows = rows;
    this.#most = most;
    this.#onDuplicates = onDuplicates;
  }

  async next(): Promise<Group | undefined> {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#ahead = await this.#pull();
    }
    const first = this.#ahead;
    if (first === undefined) return undefined;
    const group: Group = { hash: first.hash, rows: [first.cells] };
    for (;;) {
      this.#ahead = await this.#pull();
      if (this.#ahead === undefined || this.#ahead.hash !== group.hash) break;
      if (group.rows.length >= this.#most) throw new TooManyOfOneKey();
      // Equal rows one after the other are in memory once.
      const [{ cells }, last] = [this.#ahead, group.rows.at(-1) as readonly Cell[]];
      group.rows.push(cells.every((cell, index) => cell === last[index]) ? last : cells);
    }
    if (group.rows.length > 1) this.#onDuplicates(group.rows.length - 1);
    return group;
  }

  async #pull(): Promise<HashedRow | undefined> {
    const { done, value } = await this.#rows.next();
    return done === true ? undefined : value;
  }
}

function* compareGroups({ hash, rows: here }: Group, { rows: there }: Group, pairs: readonly ColumnPair[]): Generator<Difference> {
  const [first, second] = [here[0], there[0]];
  if (here.length === 1 && there.length === 1 && first !== undefined && second !== undefined) {
    const columns = differingColumns(first, second, pairs);
    if (columns.length > 0) yield { what: "differing", hash, here: first, there: second, columns };
    return;
  }
  const [left, right] = leftOver(here, there, pairs);
  const both = Math.min(left.length, right.length);
  for (let at = 0; at < both; at++) {
    const [one, other] = [left[at] as readonly Cell[], right[at] as readonly Cell[]];
    yield { what: "differing", hash, here: one, there: other, columns: differingColumns(one, other, pairs) };
  }
  for (const row of left.slice(both)) yield { what: "only_here", hash, here: row };
  for (const row of right.slice(both)) yield { what: "only_there", hash, there: row };
}

/** Rows that have no equal one on the other side, each in the order of the rows. Equal texts first, for that is fast. */
function leftOver(
  here: readonly (readonly Cell[])[],
  there: readonly (readonly Cell[])[],
  pairs: readonly ColumnPair[],
): [(readonly Cell[])[], (readonly Cell[])[]] {
  const counts = new Map<string, number>();
  for (const row of there) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) + 1);
  const left = here.filter((row) => {
    const count = counts.get(JSON.stringify(row)) ?? 0;
    if (count > 0) counts.set(JSON.stringify(row), count - 1);
    return count === 0;
  });
  const right = there.filter((row) => {
    const count = counts.get(JSON.stringify(row)) ?? 0;
    if (count > 0) counts.set(JSON.stringify(row), count - 1);
    return count > 0;
  });
  const needsMore = pairs.some(({ kind, tolerance }) => kind === "json" || tolerance !== undefined);
  if (!needsMore || left.length === 0 || right.length === 0) return [left, right];
  const rest = left.filter((row) => {
    const at = right.findIndex((other) => differingColumns(row, other, pairs).length === 0);
    if (at >= 0) right.splice(at, 1);
    return at < 0;
  });
  return [rest, right];
}

function differingColumns(here: readonly Cell[], there: readonly Cell[], pairs: readonly ColumnPair[]): number[] {
  const columns: number[] = [];
  for (let index = 0; index < pairs.length; index++)
    if (!isSame(here[index] ?? null, there[index] ?? null, pairs[index] as ColumnPair)) columns.push(index);
  return columns;
}
