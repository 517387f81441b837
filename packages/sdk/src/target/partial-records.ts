/** RECORDs with `unchanged`: which columns the row of the key keeps, and whether that can be done. Pure. */
import type { Row, TaplineError } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Flattening } from "../flatten/plan.ts";
import type { TargetStream } from "./define.ts";
import { deletedAtColumn, isDeleteRecord, isMetadataColumn } from "./metadata.ts";

/** The columns to keep, [] for a whole record; or the error about this row. */
export type UnchangedReader = (row: Row, list: unknown, line: number) => readonly string[] | TaplineError;

/**
 * The names are those of records before they are flattened. `isSupported`: the target has the capability `partial-records`.
 */
export function unchangedReader(
  { name: stream, schema, keys, loadMethod }: TargetStream,
  wireSchema: TargetStream["schema"],
  { isSupported, flattening }: { isSupported: boolean; flattening?: Pick<Flattening, "columnsOf"> | undefined },
): UnchangedReader {
  const { properties = {} } = wireSchema;
  const takesDeletes = Object.hasOwn(schema.properties ?? {}, deletedAtColumn);
  const why =
    loadMethod === "append-only" || keys.length === 0
      ? "rows of this stream are appended, so there is no row to keep it from"
      : isSupported
        ? undefined
        : "this target can't do that";

  const faultOf = (row: Row, list: unknown): string | undefined => {
    if (!Array.isArray(list)) return "it is no list";
    for (const name of list) {
      if (typeof name !== "string") return "it has an entry that is no text";
      const named = JSON.stringify(name);
      if (!Object.hasOwn(properties, name)) return `the SCHEMA has no property ${named}`;
      if ((flattening?.columnsOf(name) ?? [name]).some((column) => keys.includes(column))) return `${named} is a key property`;
      if (isMetadataColumn(name)) return `${named} is a metadata column`;
      if (Object.hasOwn(row, name)) return `the record has ${named}`;
    }
    return undefined;
  };

  return (row, list, line) => {
    if (list === undefined || list === null) return [];
    const fault = faultOf(row, list);
    if (fault !== undefined) return errors.unchanged_invalid({ why: fault }, { stream, line });
    const names = list as string[];
    // A record that deletes the row of its key leaves all its values unchanged.
    if (takesDeletes && isDeleteRecord(row)) return [];
    return names.length > 0 && why !== undefined ? errors.unchanged_refused({ names, why }, { stream, line }) : names;
  };
}
