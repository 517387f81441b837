/** The columns that a stream's rows are converted for. */
import type { ValueErrorCode } from "./errors.ts";
import type { ColumnType } from "./types/column-type.ts";
import type { UnknownFields } from "./values/unknown-fields.ts";
import type { ValueRules } from "./values/value-rules.ts";

export interface TargetColumn {
  /** The property's name in rows. */
  name: string;
  columnName: string;
  /** What values are converted to: the type of the column in the table. */
  type: ColumnType;
  /** The type as the database spells it, where `type` does not give that. */
  typeName?: string;
  /** The column takes no NULL, and that must be checked before the database sees the row. */
  isRequired?: boolean;
  /** The database can hold two texts for equal though their bytes differ. */
  equatesTexts?: boolean;
  /** It holds the property's values of another type: new rows have NULL here. */
  isRetired?: boolean;
  /** It takes no property, but a JSON object of the fields that the schema does not have. */
  isExtra?: boolean;
  /** It takes no property, but the names of the columns that the row leaves unchanged. */
  isUnchangedList?: boolean;
  /** Whether the schema allows a value that the column refuses for this reason, so that the column is to be widened. */
  mayWiden?: (code: ValueErrorCode, value: unknown) => boolean;
}

/** What a converter of rows has to know about the table. */
export interface StreamColumns {
  stream: string;
  columns: readonly TargetColumn[];
  /** Properties that must have a value. */
  requiredKeys: readonly string[];
  /** Default: values that no column can hold as they are sent are refused. */
  rules?: ValueRules;
  /** Default: a row with fields that no column takes is refused. */
  unknownFields?: UnknownFields;
  /**
   * Records with `_sdc_deleted_at` delete the row of their key. `land`: they land without the values that columns need; `announce`: the
   * first one throws DeletesArrived. Undefined: they are rows like any other.
   */
  deletes?: "land" | "announce" | undefined;
  /**
   * Rows that leave columns unchanged. `land`: they land without values there, and a column is marked `isUnchangedList`. Otherwise the
   * first one throws PartialRowsArrived.
   */
  partialRows?: "land" | "announce" | undefined;
}
