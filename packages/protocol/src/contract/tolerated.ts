/** What a target did with values or rows that it could not store as they were sent: schema, type, reader, and the words for it. */
import { formatNumber } from "../format-number.ts";
import { type Static, Type } from "../type.ts";
import { isObject } from "../wire/json.ts";

/** By kind: what a value is after "1 value of at was", and after "2 values of at were". */
const words: Readonly<Record<string, string>> = {
  fraction_cut: "cut to microseconds",
  time_nulled: "not a valid date or time and stored as NULL",
  nul_removed: "stored without NUL characters",
  nul_replaced: "stored with U+FFFD in place of NUL characters",
  unchanged_unknown: "stored as NULL, because the record leaves it unchanged and there was no row to keep it from",
  field_dropped: "not stored, because the SCHEMA does not have the field",
  other_field_dropped: "stored without further fields that the SCHEMA does not have",
  field_kept: "stored in _sdc_extra, because the SCHEMA does not have the field",
  other_field_kept: "stored with further fields in _sdc_extra that the SCHEMA does not have",
  json_text: "sent as text and stored as the JSON in it, because the SCHEMA declares an object or a list",
  number_text: "stored with numbers as text, because they have more digits than the database keeps",
  list_for_object: "stored as a list, though the SCHEMA declares an object",
};

export const toleratedSchema = Type.Object({
  kind: Type.String({ description: `${Object.keys(words).join(", ")}, or another word of the target` }),
  column: Type.Optional(Type.String({ description: "The property, where it is about one" })),
  count: Type.Integer({ minimum: 1, description: "How many values, or rows where there is no column" }),
  first: Type.Optional(Type.String({ description: "The first of them, cut short" })),
});

/** One kind of deviation of one stream, counted. The run ends with a warning, unless `losesNothing`. */
export type Tolerated = Static<typeof toleratedSchema>;

const lossless: ReadonlySet<string> = new Set(["field_kept", "other_field_kept", "json_text", "list_for_object", "number_text"]);

/** Everything that was sent is in the table, in another place or form. */
export function losesNothing({ kind }: Tolerated): boolean {
  return lossless.has(kind);
}

/** Entries without a kind or a count are left out. */
export function readTolerated(value: unknown): Tolerated[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).flatMap(({ kind, count, column, first }) => {
    if (typeof kind !== "string" || !Number.isInteger(count) || (count as number) < 1) return [];
    const texts = { ...(typeof column === "string" && { column }), ...(typeof first === "string" && { first }) };
    return [{ kind, count: count as number, ...texts }];
  });
}

/** `2 values of "at" were cut to microseconds (the first: "2026-01-02T03:04:05.1234567Z")` */
export function describeTolerated({ kind, column, count, first }: Tolerated): string {
  const what = column === undefined ? (count === 1 ? "row" : "rows") : `${count === 1 ? "value" : "values"} of ${JSON.stringify(column)}`;
  const done = `${count === 1 ? "was" : "were"} ${Object.hasOwn(words, kind) ? words[kind] : `tolerated: ${kind.replaceAll("_", " ")}`}`;
  return `${formatNumber(count)} ${what} ${done}${first === undefined ? "" : ` (${count === 1 ? "" : "the first: "}${first})`}`;
}
