/** Counts what the cells of a column are after one of them made it text, to name that cell when most others have one type. */
import { formatNumber } from "@tapline/sdk";
import type { CellPosition, Doubt, ExampleCell } from "./inferred-type.ts";
import type { Family, KindGuess } from "./kind-guess.ts";

/** With so many cells of text among few others, the column is meant as text: those with digits, which take time to check, and all. */
const [enoughCostly, enoughTexts] = [20, 200];

export class Majority {
  /** The cell that made the column text. */
  readonly breaker: ExampleCell;
  readonly #counts = new Map<Family, { count: number; first: ExampleCell }>();
  #total = 0;
  #costly = 0;
  /** A whole number with leading zeros, which only identifiers have, such as postal codes. */
  #identifier: string | undefined;

  constructor(bytes: Uint8Array, start: number, end: number, at: CellPosition | undefined) {
    this.breaker = exampleOf(bytes, start, end, at);
    this.#noteIdentifier(bytes, start, end);
  }

  /** A whole number with leading zeros, if most cells are numbers: they are identifiers. */
  get identifier(): string | undefined {
    return this.#mostCommon.family === "numbers" ? this.#identifier : undefined;
  }

  /** No more cells are needed: the column is meant as text. */
  get isSettled(): boolean {
    const isMeant = (texts: number, enough: number): boolean => texts >= enough && texts > this.#total * 0.8;
    return isMeant(this.#costly, enoughCostly) || isMeant(this.#counts.get("text")?.count ?? 0, enoughTexts);
  }

  /** `count`: how many of the run's cells have its type. */
  addRun(run: KindGuess, count: number): void {
    this.#add(run.looksLikeIdentifiers ? "text" : run.family, count, run.first);
  }

  /** `isCostly`: it took more than a look to see that the cell is text. */
  addText(bytes: Uint8Array, start: number, end: number, at: CellPosition | undefined, isCostly = false): void {
    if (isCostly) {
      this.#costly++;
      this.#noteIdentifier(bytes, start, end);
    }
    const known = this.#counts.get("text");
    if (known === undefined) this.#add("text", 1, exampleOf(bytes, start, end, at));
    else {
      known.count++;
      this.#total++;
    }
  }

  /** Undefined when there is no type that most cells have. */
  doubt(): Doubt | undefined {
    const { family: best, count: most } = this.#mostCommon;
    if (best === "text" || this.isSettled || most * 2 <= this.#total || this.identifier !== undefined) return undefined;
    const others = [...this.#counts].filter(([family]) => family !== best).map(([, { first }]) => first);
    const cell = others.sort(byPosition)[0] ?? this.breaker;
    const setType = "set the column's type and format in columns";
    if (others.length === 0) return { cell, found: `all ${formatNumber(most)} values are ${best}, but not in one format`, remedy: setType };
    return {
      cell,
      found: `${formatNumber(most)} of ${formatNumber(this.#total)} values are ${best}`,
      remedy: /\d/.test(cell.value) ? setType : `add ${JSON.stringify(cell.value)} to null_values if it means no value, or ${setType}`,
    };
  }

  get #mostCommon(): { family: Family; count: number } {
    let best: { family: Family; count: number } = { family: "text", count: 0 };
    for (const [family, { count }] of this.#counts) if (count > best.count) best = { family, count };
    return best;
  }

  #noteIdentifier(bytes: Uint8Array, start: number, end: number): void {
    if (this.#identifier !== undefined) return;
    const text = Buffer.from(bytes.subarray(start, end)).toString().trim();
    if (/^0\d+$/.test(text)) this.#identifier = text;
  }

  #add(family: Family, count: number, first: ExampleCell): void {
    const known = this.#counts.get(family);
    this.#total += count;
    if (known === undefined) this.#counts.set(family, { count, first });
    else known.count += count;
  }
}

const exampleOf = (bytes: Uint8Array, start: number, end: number, at: CellPosition | undefined): ExampleCell => ({
  value: Buffer.from(bytes.subarray(start, end)).toString(),
  ...at,
});

/** Files are read in the order of their names. */
function byPosition(a: ExampleCell, b: ExampleCell): number {
  if (a.file !== b.file) return (a.file ?? "") < (b.file ?? "") ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0);
}
