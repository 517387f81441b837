/** What becomes of rows that can't be read as they stand: the run fails, the row is kept aside, or it is mended as asked. */

export interface RowPolicy {
  /** Fewer cells than columns: `pad` takes the missing ones as null. */
  short: "fail" | "reject" | "pad";
  /** More cells than columns: `truncate` drops those behind the last column. */
  long: "fail" | "reject" | "truncate";
  /** Quotes that don't stand around a whole cell; `text` takes them as part of the text. */
  strayQuotes: "fail" | "reject" | "text";
  /** Bytes that are no text in the file's encoding; `replace` puts U+FFFD in their place (and is done before the rows are told apart). */
  badBytes: "fail" | "reject" | "replace";
  nulBytes: "fail" | "reject" | "keep";
  blankLines: "fail" | "reject" | "skip";
  /** All else: rows longer than `max_row_bytes`, an escape at the very end. */
  other: "fail" | "reject";
}

export const strict: RowPolicy = {
  short: "fail",
  long: "fail",
  strayQuotes: "fail",
  badBytes: "fail",
  nulBytes: "fail",
  blankLines: "skip",
  other: "fail",
};
