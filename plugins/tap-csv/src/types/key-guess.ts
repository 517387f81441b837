/** Finds columns that may be the key of a stream: every row of each file has a value there, and no two rows of a file have the same one. */
import type { JsonSchema } from "@tapline/sdk";

/** More candidates than these help nobody to choose. */
const maxCandidates = 5;

export class KeyGuess {
  readonly #out = new Set<string>();
  readonly #known = new Set<string>();
  #columns: readonly string[] = [];
  #values: (Set<string> | undefined)[] = [];
  #rows = 0;
  #files = 0;

  /** Call it before the rows of each file. */
  startFile(columns: readonly string[]): void {
    if (this.#files++ > 0) for (const name of this.#known) if (!columns.includes(name)) this.#out.add(name);
    for (const name of columns) if (this.#files > 1 && !this.#known.has(name)) this.#out.add(name);
    for (const name of columns) this.#known.add(name);
    this.#columns = columns;
    this.#values = columns.map((name) => (this.#out.has(name) ? undefined : new Set()));
  }

  addRow(bytes: Uint8Array, starts: ArrayLike<number>, ends: ArrayLike<number>): void {
    this.#rows++;
    if (this.#out.size === this.#known.size) return;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [cell, values] of this.#values.entries()) {
      if (values === undefined) continue;
      const value = text.toString("latin1", starts[cell], ends[cell]);
      if (value.trim() !== "" && !values.has(value)) values.add(value);
      else {
        this.#values[cell] = undefined;
        this.#out.add(this.#columns[cell] as string);
      }
    }
  }

  /** The likeliest first, by name and then by place. A single row shows nothing. */
  conclude(schemas: ReadonlyMap<string, JsonSchema>): string[] {
    if (this.#rows < 2) return [];
    const found = [...this.#known].filter((name) => !this.#out.has(name) && mayBeKey(schemas.get(name)));
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
