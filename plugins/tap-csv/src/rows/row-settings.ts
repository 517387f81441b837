/** The settings for rows that can't be read. */
import { type Static, Type } from "@tapline/sdk";
import type { RowPolicy } from "./policy.ts";

const choice = <T extends string>(names: readonly T[], description: string) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    { description },
  );

const rule = choice(
  ["fail", "reject"],
  "What to do with a row that can't be read: `fail` stops the run and reports the position; `reject` leaves the row out, counts it and writes it to the file `rejects`. The settings below override this for single kinds of errors. Default: `fail`.",
);

/** The settings of one stream that `config.ts` adds to its own. */
export const rowSettings = {
  on_bad_row: Type.Optional(rule),
  short_rows: Type.Optional(
    choice(
      ["fail", "reject", "pad"],
      "Rows with fewer cells than columns; `pad` reads the missing cells as null. Default: the value of `on_bad_row`.",
    ),
  ),
  long_rows: Type.Optional(
    choice(
      ["fail", "reject", "truncate"],
      "Rows with more cells than columns; `truncate` drops the extra cells. Default: the value of `on_bad_row`.",
    ),
  ),
  stray_quotes: Type.Optional(
    choice(
      ["fail", "reject", "text"],
      "Quotes that are not around a whole cell or are never closed; `text` reads them as part of the text. Default: the value of `on_bad_row`.",
    ),
  ),
  bad_bytes: Type.Optional(
    choice(
      ["fail", "reject", "replace"],
      "Bytes that are invalid in the file's encoding; `replace` replaces them with U+FFFD and counts them. Default: the value of `on_bad_row`.",
    ),
  ),
  nul_bytes: Type.Optional(
    choice(["fail", "reject", "keep"], "Rows with NUL bytes; `keep` loads them. Default: the value of `on_bad_row`."),
  ),
  blank_lines: Type.Optional(
    choice(["skip", "fail", "reject"], "Empty lines, and lines of spaces in a table of several columns. Default: `skip`."),
  ),
  empty_rows: Type.Optional(
    choice(
      ["skip", "fail", "reject", "row"],
      "Rows of a table of several columns in which every cell is empty, as Excel writes below a table: `skip` leaves them out, counts them and warns where rows follow them; `row` loads them as nulls. Default: `skip`.",
    ),
  ),
  repeated_header: Type.Optional(
    choice(
      ["skip", "fail", "row"],
      "Rows that are the same as the header, as in joined files, and the lines before it if they are repeated too: `skip` leaves them out, counts them and warns; `row` loads them. Default: `skip`.",
    ),
  ),
  footer: Type.Optional(
    Type.Unsafe<number | "auto">({
      anyOf: [{ type: "integer", minimum: 0, maximum: 100 }, { const: "auto" }],
      description:
        "How many lines after the table are not rows, such as a total; blank lines do not count. `auto` leaves out up to three last lines that look like a total or a note, with a warning. Default: 0, with a warning when the last line looks like a total.",
    }),
  ),
};

const settings = Type.Object(rowSettings);

export function policyOf(given: Static<typeof settings>): RowPolicy {
  const other = given.on_bad_row ?? "fail";
  return {
    short: given.short_rows ?? other,
    long: given.long_rows ?? other,
    strayQuotes: given.stray_quotes ?? other,
    badBytes: given.bad_bytes ?? other,
    nulBytes: given.nul_bytes ?? other,
    blankLines: given.blank_lines ?? "skip",
    emptyRows: given.empty_rows ?? "skip",
    repeatedHeader: given.repeated_header ?? "skip",
    other,
  };
}
