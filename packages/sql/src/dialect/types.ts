/** The column types a database has, and how values change from one to another. */
import type { ColumnType, TypeRules, TypeSpelling } from "@tapline/columns";

export interface Types extends TypeRules, TypeSpelling {
  /** The type of an existing column, `spelled` by the database; null for a type that no value is converted to. */
  typeOf(spelled: string): ColumnType | null;
  /** SQL for the values of a quoted column as another type, every digit kept. */
  convert(column: string, from: ColumnType, to: ColumnType): string;
  /** Whether values can become those of the other type only in a copy of the table; needs the trait `altersByCopy`. */
  convertsByCopy?(from: ColumnType, to: ColumnType): boolean;
  /**
   * A query for the most digits a column of numbers has: one row with the digits before the point and those after it, both null where
   * a value is no decimal. Undefined where the type `numeric` holds any digits.
   */
  measure: ((table: string, column: string) => string) | undefined;
}
