/** The characters of a dialect as the bytes that a reader compares. */
import type { Dialect } from "../sniff/dialect.ts";

/** One or more bytes of UTF-8; none: the dialect has no such character. */
export type Mark = Uint8Array;

export interface Marks {
  delimiter: Mark;
  quote: Mark;
  escaper: Mark;
  comment: Mark;
  doubleQuote: boolean;
  skipInitialSpace: boolean;
}

export function marksOf(dialect: Dialect): Marks {
  // A quote that escapes quotes is a doubled quote by another name.
  const isDoubled = dialect.escape !== null && dialect.escape === dialect.quote;
  return {
    delimiter: Buffer.from(dialect.delimiter),
    quote: Buffer.from(dialect.quote ?? ""),
    escaper: Buffer.from(isDoubled ? "" : (dialect.escape ?? "")),
    comment: Buffer.from(dialect.comment ?? ""),
    doubleQuote: dialect.doubleQuote || isDoubled,
    skipInitialSpace: dialect.skipInitialSpace,
  };
}

/** Whether the mark stands at a place; undefined when its first bytes do and `to` cuts it. */
export function isAt(mark: Mark, bytes: Uint8Array, at: number, to: number): boolean | undefined {
  for (let i = 0; i < mark.length; i++) {
    if (at + i >= to) return i === 0 ? false : undefined;
    if (bytes[at + i] !== mark[i]) return false;
  }
  return mark.length > 0;
}
