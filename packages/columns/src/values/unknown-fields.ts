/** Fields of a record that its stream's schema does not have: which of them count, and what becomes of them. Pure. */
import type { Row, Tolerated } from "@tapline/sdk";
import { shorten } from "./shown-value.ts";

export interface UnknownFields {
  /** `keep` stores them in the column that is marked `isExtra`, `drop` leaves them out, `fail` refuses the row. */
  policy: "keep" | "drop" | "fail";
  /** Fields that are never stored, whatever the policy: the catalog deselects them. */
  deselected: ReadonlySet<string>;
}

/** A row has fields to keep, and no column is marked `isExtra`. Thrown before any row of its chunk counts. */
export class ExtraColumnMissing extends Error {}

/** Of so many fields each has its count. A tap that makes up names would fill the summary. */
const mostNamed = 100;

const kinds = { keep: "field_kept", drop: "field_dropped" } as const;

/** The unknown fields of a chunk, and what is reported of them. */
export class UnknownFieldCounts {
  readonly #named = new Set<string>();
  #chunk = new Map<string, Tolerated>();

  /** Forgets a chunk that was taken back. */
  clear(): void {
    if (this.#chunk.size > 0) this.#chunk = new Map();
  }

  add(policy: "keep" | "drop", row: Row, fields: readonly string[]): void {
    const kind = kinds[policy];
    let hasOthers = false;
    for (const field of fields) {
      const known = this.#chunk.get(field);
      if (known !== undefined) known.count++;
      else if (this.#named.has(field) || this.#named.size < mostNamed) {
        this.#named.add(field);
        this.#chunk.set(field, { kind, column: field, count: 1, first: shorten(row[field]) });
      } else hasOthers = true;
    }
    if (!hasOthers) return;
    const others = this.#chunk.get("") ?? { kind: `other_${kind}`, count: 0 };
    others.count++;
    this.#chunk.set("", others);
  }

  /** What the chunk's rows had, once they count. */
  take(): Tolerated[] {
    if (this.#chunk.size === 0) return [];
    const taken = [...this.#chunk.values()];
    this.clear();
    return taken;
  }
}

/** The row's fields that no column takes and that are not deselected. */
export function unknownIn(row: Row, names: ReadonlySet<string>, { deselected }: UnknownFields): string[] {
  return Object.keys(row).filter((field) => !names.has(field) && !deselected.has(field));
}

/** The value of the column that keeps them. */
export function extraOf(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, row[field]]));
}
