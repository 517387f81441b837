/**
 * What the digest needs of a database: the SQL of one text for each value, the same text in every database. Pure. The forms are stated in
 * docs/reference/verify.md, which is printed from tests that ask each database for each of them.
 */
import type { DigestColumn, DigestKind } from "@tapline/sdk";

/** A column as the SQL names it. */
export interface DigestValue {
  /** Quoted. */
  name: string;
  /** As the database spells it. */
  type: string;
}

export interface DigestDialect {
  quote(name: string): string;
  /** A text as a constant. */
  literal(text: string): string;
  /** What kind of values a type has; undefined for types of which only the text is known. */
  kindOf(type: string): { kind: DigestKind; digits?: number } | undefined;
  /** SQL of the value's text as one of the kind; NULL for NULL. Where it has a `tolerance`: of the step that the number falls into. */
  text(value: DigestValue, column: Omit<DigestColumn, "name">): string;
  /** SQL aggregates, each as text. Only those that do not depend on the order of rows, and can't overflow. */
  statistics(value: DigestValue, column: Omit<DigestColumn, "name">): { sum?: string; min?: string; max?: string };
  /** SQL of a text that puts its length in bytes before this one, so that texts in a row can't run into each other. */
  withLength(text: string): string;
  /** SQL of a text with "|" between these texts, none of which is NULL. */
  join(texts: readonly string[]): string;
  /** SQL of the MD5 of a text in UTF-8, in hexadecimal. */
  md5(text: string): string;
  /** SQL of the first 64 bits of the MD5 of a text as a whole number. Negative ones are those of two's complement. */
  checksum(text: string): string;
  /** SQL of the last bits of a whole number of at most 64 bits. */
  lastBits(number: string, mask: number): string;
  /** SQL of any value as text. */
  asText(value: string): string;
  /** SQL of a text of [0-9a-f] that sorts by its bytes. */
  sortable(text: string): string;
  /** What ends a subquery whose columns the database must take as they are, where it would else plan with a group for each row. */
  fence: string;
}
