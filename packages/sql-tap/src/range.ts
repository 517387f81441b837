/**
 * Reading a part of a table by its replication key: the rows at or after `start_date` and before `end_date`. A partition of a back-fill is
 * such a part. What is decided here is which columns can be cut so, and what the two settings are as values of a column. Pure.
 */
import { type Json, type StreamState, Type } from "@tapline/sdk";
import { incrementalState } from "./bookmark.ts";
import { sqlTapErrors as errors } from "./errors.ts";

/** `instant`: a time with a zone. `local`: a time without one, which is compared by its own text. `date`: a day. */
export type RangeKind = "instant" | "local" | "date";

/** In a stream's metadata: the columns by which a part of it can be read, each with its kind. */
export const rangeKeys = "range-keys";

/** The settings of a tap that reads ranges. */
export const rangeSettings = {
  start_date: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "INCREMENTAL streams whose replication key is a time or a date: only rows at or after this day or instant, such as 2026-01-31 or 2026-01-31T10:00:00Z. A key without a time zone is compared with the time as it is written here.",
    }),
  ),
  end_date: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        "The same streams: only rows before this day or instant. The bookmark of such a run ends there, so give it a state of its own, as `tapline backfill` and `tapline run --from … --to …` do.",
    }),
  ),
};

export interface RangeSettings {
  start_date?: string | undefined;
  end_date?: string | undefined;
}

/** As texts that the column's type takes. */
export interface ReadRange {
  from: string | undefined;
  to: string | undefined;
}

export interface RangeColumn {
  name: string;
  typeName: string;
  range: RangeKind | undefined;
}

/** undefined: no part of the stream was asked for. @throws range_unfit, range_bound_invalid, range_inside_day */
export function readRange(
  { name, typeName, range }: RangeColumn,
  { start_date: start, end_date: end }: RangeSettings,
): ReadRange | undefined {
  if (start === undefined && end === undefined) return undefined;
  if (range === undefined) throw errors.range_unfit({ column: name, type: typeName });
  return { from: bound("start_date", start, name, range), to: bound("end_date", end, name, range) };
}

/** The state once all rows of the range were sent: whoever goes on from it reads none of them again. */
export function stateAtEnd(key: string, to: string): StreamState {
  return incrementalState(key, to);
}

/** The entries of metadata for the columns that have a kind. */
export function rangeMetadata(columns: readonly { name: string; range: RangeKind | undefined }[]): Record<string, Json> {
  const kinds = columns.flatMap(({ name, range }): [string, Json][] => (range === undefined ? [] : [[name, range]]));
  return kinds.length === 0 ? {} : { [rangeKeys]: Object.fromEntries(kinds) };
}

const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/;

function bound(setting: string, value: string | undefined, column: string, kind: RangeKind): string | undefined {
  if (value === undefined) return undefined;
  const [, day, time = "00:00:00", zone = "Z"] = form.exec(value) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(day))) throw errors.range_bound_invalid({ setting, value });
  if (kind === "instant") return `${day} ${time}${zone === "Z" ? "+00:00" : zone}`;
  if (kind === "local") return `${day} ${time}`;
  if (/[1-9]/.test(time)) throw errors.range_inside_day({ setting, value, column });
  return day;
}
