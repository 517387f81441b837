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
  blank_lines: Type.Optional(choice(["skip", "fail", "reject"], "Empty lines. Default: `skip`.")),
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
    other,
  };
}
