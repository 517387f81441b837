/** What a user chose for values that no column can hold as they are sent. */

/** Most numbers of one unit can also be read as another, so the unit is never guessed. */
export type EpochUnit = "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

export interface ValueRules {
  /** The unit of numbers in columns of instants and dates, counted from 1970-01-01 UTC. Undefined: such numbers are refused. */
  epochTimes?: EpochUnit | undefined;
  /** `null` stores NULL in place of text that is not a valid date or time. Columns that need a value refuse it anyway. */
  onBadTime?: "fail" | "null" | undefined;
  /** For U+0000 in text and JSON. Undefined: databases that can hold it keep it, others refuse the value. */
  nulCharacters?: "fail" | "remove" | "replace" | undefined;
}
