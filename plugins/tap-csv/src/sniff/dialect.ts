/** How a file's bytes mean rows and cells: what detection decides, settings overrule and the catalog remembers. */

export interface Dialect {
  /** One or more characters. */
  readonly delimiter: string;
  readonly quote: string | null;
  /** Makes the next character part of the text. Never the same as `quote`: that is `doubleQuote`. */
  readonly escape: string | null;
  /** A quote in a quoted cell is written twice. */
  readonly doubleQuote: boolean;
  /** A line that starts with it is no row. */
  readonly comment: string | null;
  /** Lines before the header (physical ones, whatever is in them). */
  readonly skip: number;
  /** Rows of the header, 0 for none. Their cells are joined by a space. */
  readonly header: number;
  readonly skipInitialSpace: boolean;
}

export const defaultDialect: Dialect = {
  delimiter: ",",
  quote: '"',
  escape: null,
  doubleQuote: true,
  comment: null,
  skip: 0,
  header: 1,
  skipInitialSpace: false,
};
