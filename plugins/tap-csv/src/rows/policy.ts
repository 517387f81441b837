/** What to do with rows that can't be read: fail, reject the row, or repair it in the way that is set. */

export interface RowPolicy {
  /** Fewer cells than columns; `pad` reads the missing ones as null. */
  short: "fail" | "reject" | "pad";
  /** More cells than columns; `truncate` drops the extra ones. */
  long: "fail" | "reject" | "truncate";
  /** Quotes that are not around a whole cell; `text` reads them as part of the text. */
  strayQuotes: "fail" | "reject" | "text";
  /** Bytes that are invalid in the file's encoding; `replace` replaces them with U+FFFD, before the text is split into rows. */
  badBytes: "fail" | "reject" | "replace";
  nulBytes: "fail" | "reject" | "keep";
  blankLines: "fail" | "reject" | "skip";
  /** Rows of a table of several columns in which all cells are empty. */
  emptyRows: "fail" | "reject" | "skip" | "row";
  /** A row that is the same as the header, as in files that were joined. */
  repeatedHeader: "fail" | "skip" | "row";
  /** Other errors: a row longer than `max_row_bytes`, an escape character at the end of the file. */
  other: "fail" | "reject";
}

export const strict: RowPolicy = {
  short: "fail",
  long: "fail",
  strayQuotes: "fail",
  badBytes: "fail",
  nulBytes: "fail",
  blankLines: "skip",
  emptyRows: "skip",
  repeatedHeader: "skip",
  other: "fail",
};
