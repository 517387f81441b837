/** What settings say about rows that can't be read as they stand. */
import { type Static, Type } from "@tapline/sdk";
import type { RowPolicy } from "./policy.ts";

const choice = <T extends string>(names: readonly T[], description: string) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    { description },
  );

const rule = choice(
  ["fail", "reject"],
  "What becomes of a row that can't be read: `fail` ends the run and tells the place, `reject` leaves the row out, counts it and writes it to the file `rejects`. The next settings make exceptions. Default: `fail`.",
);

/** Settings of one stream, for `config.ts`. */
export const rowSettings = {
  on_bad_row: Type.Optional(rule),
  short_rows: Type.Optional(
    choice(
      ["fail", "reject", "pad"],
      "Rows with fewer cells than columns; `pad` takes the missing ones as null. Default: as `on_bad_row`.",
    ),
  ),
  long_rows: Type.Optional(
    choice(
      ["fail", "reject", "truncate"],
      "Rows with more cells than columns; `truncate` drops those behind the last column. Default: as `on_bad_row`.",
    ),
  ),
  stray_quotes: Type.Optional(
    choice(
      ["fail", "reject", "text"],
      "Quotes that don't stand around a whole cell or are never closed; `text` takes them as part of the text. Default: as `on_bad_row`.",
    ),
  ),
  bad_bytes: Type.Optional(
    choice(
      ["fail", "reject", "replace"],
      "Bytes that are no text in the file's encoding; `replace` puts U+FFFD in their place and counts them. Default: as `on_bad_row`.",
    ),
  ),
  nul_bytes: Type.Optional(choice(["fail", "reject", "keep"], "Rows with NUL bytes. Default: as `on_bad_row`.")),
  blank_lines: Type.Optional(choice(["skip", "fail", "reject"], "Lines with nothing in them. Default: `skip`.")),
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
