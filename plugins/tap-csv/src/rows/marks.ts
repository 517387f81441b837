/** The characters of a dialect as the bytes that a reader compares. */
import type { Dialect } from "../sniff/dialect.ts";

/** The UTF-8 bytes of the character or characters; empty when the dialect has none. */
export type Mark = Uint8Array;

export interface Marks {
  delimiter: Mark;
  quote: Mark;
  escaper: Mark;
  comment: Mark;
  doubleQuote: boolean;
  skipInitialSpace: boolean;
  trailingDelimiter: boolean;
}

export function marksOf(dialect: Dialect): Marks {
  // An escape character that equals the quote means the same as doubled quotes.
  const isDoubled = dialect.escape !== null && dialect.escape === dialect.quote;
  return {
    delimiter: Buffer.from(dialect.delimiter),
    quote: Buffer.from(dialect.quote ?? ""),
    escaper: Buffer.from(isDoubled ? "" : (dialect.escape ?? "")),
    comment: Buffer.from(dialect.comment ?? ""),
    doubleQuote: dialect.doubleQuote || isDoubled,
    skipInitialSpace: dialect.skipInitialSpace,
    trailingDelimiter: dialect.trailingDelimiter,
  };
}

/** Whether the mark is at `at`; undefined when its first bytes are and `to` cuts it off. */
export function isAt(mark: Mark, bytes: Uint8Array, at: number, to: number): boolean | undefined {
  for (let i = 0; i < mark.length; i++) {
    if (at + i >= to) return i === 0 ? false : undefined;
    if (bytes[at + i] !== mark[i]) return false;
  }
  return mark.length > 0;
}
