/** The ways a column's dates and times may be written: the first text gives them, each further one strikes out what it isn't. */
import { dateWriter } from "./date-format.ts";
import { type DatePattern, datePatterns } from "./date-patterns.ts";
import type { PlainWriter } from "./value-format.ts";

interface Candidate extends DatePattern {
  write: PlainWriter;
}

export class DateShapes {
  #candidates: Candidate[] | undefined;
  readonly #before: string | undefined;
  /** The value that told which of two orders it is. */
  proof: string | undefined;

  /** `before`: a pattern of dates that were there already. */
  constructor(before?: string) {
    this.#before = before;
  }

  get patterns(): readonly DatePattern[] {
    return this.#candidates ?? [];
  }

  /** False when no way is left. */
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
