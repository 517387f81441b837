/** What the rows of a chunk have in fields without a column. Pure. */
import type { Row, RowChunk } from "@tapline/sdk";
import { errors } from "../errors.ts";
import type { FedStream } from "./fed-stream.ts";
import { ExtraColumnMissing, extraOf, type UnknownFieldCounts, unknownIn } from "./unknown-fields.ts";

/**
 * The values for the extra column by row; undefined where no row has unknown fields to keep. Counting keys is enough (0.01 us a row of
 * 16): a row has one more than its columns only if it has an unknown one.
 *
 * @param missing how many columns have no field in the row, by row. @throws unknown_field, ExtraColumnMissing
 */
export function extraValues(
  { stream, columns, names, extra, unknownFields }: FedStream,
  { rows, lines }: RowChunk,
  missing: Uint16Array,
  counts: UnknownFieldCounts,
): Map<number, Row> | undefined {
  const { policy } = unknownFields;
  let extras: Map<number, Row> | undefined;
  for (let i = 0; i < rows.length; i++) {
    let keys = missing[i] as number;
    for (const _ in rows[i]) keys++;
    if (keys === columns.length) continue;
    const row = rows[i] as Row;
    const fields = unknownIn(row, names, unknownFields);
    const [field] = fields;
    if (field === undefined) continue;
    if (policy === "fail") throw errors.unknown_field({ field }, { stream, line: lines[i] as number, column: field });
    counts.add(policy, row, fields);
    if (policy === "drop") continue;
    if (extra === undefined) throw new ExtraColumnMissing();
    extras ??= new Map();
    extras.set(i, extraOf(row, fields));
  }
  return extras;
}
