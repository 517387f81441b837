/** Detects the date pattern of a column: the first text gives the candidates, and each later text rules some out. */
import type { CanonicalWriter } from "./canonical-writer.ts";
import { dateWriter } from "./date-format.ts";
import { type DatePattern, datePatterns } from "./date-patterns.ts";

interface Candidate extends DatePattern {
  write: CanonicalWriter;
}

export class DateShapes {
  #candidates: Candidate[] | undefined;
  readonly #before: string | undefined;
  /** The value that decided between two orders. */
  proof: string | undefined;

  /** `before`: the pattern of dates that were read already. */
  constructor(before?: string) {
    this.#before = before;
  }

  get patterns(): readonly DatePattern[] {
    return this.#candidates ?? [];
  }

  /** Returns false when no pattern is left. */
  add(text: string): boolean {
    const known = this.#candidates ?? candidatesFor(text, this.#before);
    const bytes = Buffer.from(text);
    const out = new Uint8Array(bytes.length + 32);
    this.#candidates = known.filter(({ write }) => write(bytes, 0, bytes.length, out, 0) >= 0);
    if (known.length > 1 && this.#candidates.length === 1) this.proof = text;
    return this.#candidates.length > 0;
  }
}

function candidatesFor(text: string, before: string | undefined): Candidate[] {
  return datePatterns(text).flatMap((found) => {
    const write = dateWriter(found.kind, found.pattern, () => 0);
    return write === undefined || (before !== undefined && found.pattern !== before) ? [] : [{ ...found, write }];
  });
}
