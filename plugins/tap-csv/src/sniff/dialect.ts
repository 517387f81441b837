/** A CSV dialect: how bytes become rows and cells. It is detected, set in the config, or stored in the catalog. */

export interface Dialect {
  /** One or more characters. */
  readonly delimiter: string;
  readonly quote: string | null;
  /** Makes the next character plain text. Never the same as `quote`: that is `doubleQuote`. */
  readonly escape: string | null;
  /** A quote in a quoted cell is written twice. */
  readonly doubleQuote: boolean;
  /** A line that starts with it is skipped. */
  readonly comment: string | null;
  /** Physical lines before the header. */
  readonly skip: number;
  /** Rows of the header, 0 for none. Their cells are joined by a space. */
  readonly header: number;
  readonly skipInitialSpace: boolean;
  /** Every row ends with a delimiter, after which there is no cell. */
  readonly trailingDelimiter: boolean;
}

/** The parts that the config or a catalog gives. They are used as they are; the rest is detected. */
export type GivenDialect = { readonly [K in keyof Dialect | "encoding"]?: (K extends keyof Dialect ? Dialect[K] : string) | undefined };

export const defaultDialect: Dialect = {
  delimiter: ",",
  quote: '"',
  escape: null,
  doubleQuote: true,
  comment: null,
  skip: 0,
  header: 1,
  skipInitialSpace: false,
  trailingDelimiter: false,
};
