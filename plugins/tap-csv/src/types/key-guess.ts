/** Finds columns that may be the key of a stream: every row of its files has a value there, and no two rows have the same one. */
import type { JsonSchema } from "@tapline/sdk";

/** More candidates than these help nobody to choose. */
const maxCandidates = 5;

/** Rows that are compared at most: their values are kept in memory. */
const maxRows = 100_000;

export class KeyGuess {
  /** By column, the values seen in all files; undefined: the column is no candidate. */
  readonly #values = new Map<string, Set<string> | undefined>();
  #columns: readonly string[] = [];
  #rows = 0;
  #files = 0;

  /** How many rows were compared. */
  get rows(): number {
    return this.#rows;
  }

  /** Call it before the rows of each file. A column must be in all files. */
  startFile(columns: readonly string[]): void {
    for (const name of this.#values.keys()) if (!columns.includes(name)) this.#values.set(name, undefined);
    for (const name of columns) if (!this.#values.has(name)) this.#values.set(name, this.#files === 0 ? new Set() : undefined);
    this.#files++;
    this.#columns = columns;
  }

  addRow(bytes: Uint8Array, starts: ArrayLike<number>, ends: ArrayLike<number>): void {
    if (this.#rows === maxRows) return;
    this.#rows++;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [cell, name] of this.#columns.entries()) {
      const values = this.#values.get(name);
      if (values === undefined) continue;
      const value = text.toString("latin1", starts[cell], ends[cell]);
      if (value.trim() !== "" && !values.has(value)) values.add(value);
      else this.#values.set(name, undefined);
    }
  }

  /** The likeliest first, by name and then by place. A single row shows nothing. */
  conclude(schemas: ReadonlyMap<string, JsonSchema>): string[] {
    if (this.#rows < 2) return [];
    const found = [...this.#values].flatMap(([name, values]) => (values !== undefined && mayBeKey(schemas.get(name)) ? [name] : []));
    return found.sort((a, b) => likelihood(b) - likelihood(a)).slice(0, maxCandidates);
  }
}

/** Whole numbers and text. Amounts, dates and times are unique only by chance. */
function mayBeKey({ type, format }: JsonSchema = {}): boolean {
  const types = [type].flat();
  return format === undefined && (types.includes("integer") || types.includes("string"));
}

function likelihood(name: string): number {
  if (/^(id|uuid|guid|key)$/i.test(name)) return 3;
  if (/(^|[\s_.-])(id|uuid|guid|key|nr|no|number|num|code|sku)$/i.test(name) || /[a-z](Id|ID|No|Nr|Key|Code)$/.test(name)) return 2;
  return /e-?mail|name$/i.test(name) ? 1 : 0;
}
