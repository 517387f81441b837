/** The types that a column can have, without any database's spelling. */

/**
 * `numeric` is a decimal of any size, `hugeint` an integer of 38 digits, `timestamp` an instant kept as UTC without zone.
 * `smallint`, `integer`, `real`, `timestamp` and `interval` only occur in tables that others made.
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
  | "interval"
  | "uuid"
  | "binary"
  | "json";

export type ColumnType =
  | { kind: SimpleKind }
  /** `fractionDigits`: fewer digits of a second than six; only in columns that others made. `hasNoEnd`: 24:00:00 is no time. */
  | { kind: "time" | "timestamp" | "timestamptz"; fractionDigits?: number; hasNoEnd?: true }
  | TextType
  /** `isMoney`: PostgreSQL's money, which reads no exponents; only in columns that others made. */
  | { kind: "decimal"; precision: number; scale: number; isMoney?: boolean }
  /**
   * `elements`: a list column that others made; it only takes JSON arrays of such values. `shape`: a file has a column for each part.
   * `mostDigits`: the database would round numbers with more digits than these, those after the point included, so they are stored as text.
   */
  | { kind: "json"; elements?: ColumnType; shape?: Shape; mostDigits?: number };

/** A list of values of one type, or an object with these fields and no others. */
export type Shape = { list: ColumnType } | { struct: readonly ShapeField[] };

export interface ShapeField {
  name: string;
  type: ColumnType;
}

/** All limits only occur in columns that others made. */
export interface TextType {
  kind: "varchar";
  /** Most characters. */
  length?: number;
  /** The database fills shorter values with spaces, which it ignores when it compares. */
  isPadded?: boolean;
  /** The only values there are: an enum. */
  labels?: readonly string[];
  /** The database takes text of some form alone, such as addresses, and refuses other values one by one. */
  isChecked?: boolean;
}

/** Whether a column of the type keeps it: a change would lose what the type means. */
export function isFixedType(type: ColumnType): boolean {
  if (type.kind === "varchar") return type.isPadded === true || type.labels !== undefined || type.isChecked === true;
  return type.kind === "interval" || fractionDigits(type) !== undefined || isMoney(type);
}

/** Digits of a second's fraction; undefined where the column holds microseconds. */
export function fractionDigits(type: ColumnType): number | undefined {
  return "fractionDigits" in type ? type.fractionDigits : undefined;
}

export function isMoney(type: ColumnType): boolean {
  return type.kind === "decimal" && type.isMoney === true;
}

/** A type as one word or a few: equal for equal types. */
export function describeType(type: ColumnType): string {
  if (type.kind === "decimal") return `decimal(${type.precision},${type.scale})`;
  const elements = elementsOf(type);
  if (elements !== undefined) return `list of ${describeType(elements)}`;
  const shape = shapeOf(type);
  if (shape !== undefined && "list" in shape) return `list(${describeType(shape.list)})`;
  if (shape !== undefined)
    return `struct(${shape.struct.map(({ name, type: of }) => `${JSON.stringify(name)} ${describeType(of)}`).join(", ")})`;
  return type.kind === "varchar" && type.length !== undefined ? `varchar(${type.length})` : type.kind;
}

/** The type of a list's elements; undefined for other types. */
export function elementsOf(type: ColumnType): ColumnType | undefined {
  return "elements" in type ? type.elements : undefined;
}

/** The parts of nested values; undefined for other types. */
export function shapeOf(type: ColumnType): Shape | undefined {
  return "shape" in type ? type.shape : undefined;
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
