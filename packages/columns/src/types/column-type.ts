/** The types that a column can have, without any database's spelling. */

/**
 * `numeric` is a decimal of any size, `hugeint` an integer of 38 digits, `timestamp` an instant kept as UTC without zone.
 * `smallint`, `integer`, `real` and `timestamp` only occur in tables that others made.
 */
export type SimpleKind =
  | "boolean"
  | "smallint"
  | "integer"
  | "bigint"
  | "hugeint"
  | "real"
  | "double"
  | "numeric"
  | "date"
  | "time"
  | "timestamp"
  | "timestamptz"
  | "uuid"
  | "binary"
  | "json";

export type ColumnType =
  | { kind: SimpleKind }
  /** `length`: most characters; only in columns that others made. */
  | { kind: "varchar"; length?: number }
  | { kind: "decimal"; precision: number; scale: number }
  /** `elements`: a list column that others made; it only takes JSON arrays of such values. */
  | { kind: "json"; elements?: ColumnType };

/** A type as one word or a few: equal for equal types. */
export function describeType(type: ColumnType): string {
  if (type.kind === "decimal") return `decimal(${type.precision},${type.scale})`;
  const elements = elementsOf(type);
  if (elements !== undefined) return `list of ${describeType(elements)}`;
  return type.kind === "varchar" && type.length !== undefined ? `varchar(${type.length})` : type.kind;
}

/** The type of a list's elements; undefined for other types. */
export function elementsOf(type: ColumnType): ColumnType | undefined {
  return "elements" in type ? type.elements : undefined;
}

export function sameType(a: ColumnType, b: ColumnType): boolean {
  return describeType(a) === describeType(b);
}

/** Integer types from the narrowest to the widest, each with how many digits it holds, whatever those are. */
export const integerDigits = { smallint: 4, integer: 9, bigint: 18, hugeint: 38 } as const;

export type IntegerKind = keyof typeof integerDigits;

export function isInteger({ kind }: ColumnType): boolean {
  return kind in integerDigits;
}

/** It takes each number exactly or refuses that number alone. */
export function isNumber(type: ColumnType): boolean {
  return isInteger(type) || ["real", "double", "numeric", "decimal"].includes(type.kind);
}
