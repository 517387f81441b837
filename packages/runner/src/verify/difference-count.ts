/** Counts the differences between two tables, and keeps the first ones as examples. Its memory does not grow with the tables. */
import type { Example, TableReport } from "../model/verify-report.ts";
import type { Difference } from "./compare-rows.ts";
import type { ColumnPair } from "./pair-columns.ts";
import type { Cell } from "./same-value.ts";
import { shownValue } from "./shown-value.ts";

export interface CountOptions {
  pairs: readonly ColumnPair[];
  /** Of the columns that identify a row. */
  keyIndexes: readonly number[];
  examples: number;
  values: boolean;
  /** The hashes of the rows that may count, in their order. Default: all. */
  confirm?: Iterator<Buffer>;
}

const hashBytes = 16;
const hashesInPiece = 65_536;

export class DifferenceCount {
  onlyHere = 0;
  onlyThere = 0;
  differing = 0;
  readonly #options: CountOptions;
  readonly #byColumn: number[];
  readonly #examples: Example[] = [];
  readonly #pieces: Buffer[] = [];
  #hashes = 0;
  #confirmed: Buffer | undefined;

  constructor(options: CountOptions) {
    this.#options = options;
    this.#byColumn = options.pairs.map(() => 0);
    this.#confirmed = this.#nextConfirmed();
  }

  get total(): number {
    return this.onlyHere + this.onlyThere + this.differing;
  }

  add(difference: Difference): void {
    const hash = Buffer.from(difference.hash, "hex");
    if (this.#options.confirm !== undefined && !this.#isConfirmed(hash)) return;
    this.#keep(hash);
    if (difference.what === "only_here") this.onlyHere++;
    else if (difference.what === "only_there") this.onlyThere++;
    else {
      this.differing++;
      for (const index of difference.columns) this.#byColumn[index] = (this.#byColumn[index] ?? 0) + 1;
    }
    if (this.#examples.length < this.#options.examples) this.#examples.push(this.#exampleOf(difference));
  }

  /** Of the rows that were counted, in their order. */
  *hashes(): Generator<Buffer> {
    for (let at = 0; at < this.#hashes; at++) {
      const piece = this.#pieces[Math.floor(at / hashesInPiece)] as Buffer;
      const start = (at % hashesInPiece) * hashBytes;
      yield piece.subarray(start, start + hashBytes);
    }
  }

  writeTo(report: TableReport): void {
    report.only_here = this.onlyHere;
    report.only_there = this.onlyThere;
    report.differing = this.differing;
    report.examples = this.#examples;
    this.#byColumn.forEach((count, index) => {
      const column = report.columns[index];
      if (column !== undefined) column.differing = count;
    });
  }

  #keep(hash: Buffer): void {
    const at = this.#hashes % hashesInPiece;
    if (at === 0) this.#pieces.push(Buffer.alloc(hashesInPiece * hashBytes));
    hash.copy(this.#pieces.at(-1) as Buffer, at * hashBytes);
    this.#hashes++;
  }

  /** Both come in order, so one pass over the first ones is enough. */
  #isConfirmed(hash: Buffer): boolean {
    while (this.#confirmed !== undefined && Buffer.compare(this.#confirmed, hash) < 0) this.#confirmed = this.#nextConfirmed();
    return this.#confirmed?.equals(hash) === true;
  }

  #nextConfirmed(): Buffer | undefined {
    const next = this.#options.confirm?.next();
    return next === undefined || next.done === true ? undefined : next.value;
  }

  #exampleOf(difference: Difference): Example {
    const { pairs, keyIndexes, values } = this.#options;
    const here = difference.what === "only_there" ? undefined : difference.here;
    const there = difference.what === "only_here" ? undefined : difference.there;
    const present = (here ?? there) as readonly Cell[];
    const shown = (row: readonly Cell[], index: number): Cell => shownValue(row[index] ?? null, pairs[index] as ColumnPair);
    const columns = difference.what === "differing" ? difference.columns : [];
    const told = difference.what === "differing" ? columns : pairs.map((_, index) => index);
    return {
      what: difference.what,
      key: Object.fromEntries(keyIndexes.map((index) => [nameOf(pairs, index), shown(present, index)])),
      columns: columns.map((index) => nameOf(pairs, index)),
      ...(values && {
        values: Object.fromEntries(
          told.map((index) => [
            nameOf(pairs, index),
            { ...(here && { here: shown(here, index) }), ...(there && { there: shown(there, index) }) },
          ]),
        ),
      }),
    };
  }
}

const nameOf = (pairs: readonly ColumnPair[], index: number): string => pairs[index]?.here.name ?? "";
