/** What a database contributes to the choice of column types, as plain data. */
import { type ColumnType, elementsOf, type SimpleKind, shapeOf } from "./column-type.ts";

export interface TypeRules {
  /** The column types as the database spells them; null for a kind that it has no type for. */
  spellings: Readonly<Record<SimpleKind | "varchar", string | null>>;
  /** Most digits of a decimal. */
  maxPrecision: number;
  /** Most digits after its point, where those are fewer. */
  maxScale?: number;
  /** What a `number` becomes whose `multipleOf` is no power of ten. */
  plainNumber: ColumnType;
  /** What a declared decimal without precision and scale becomes. */
  plainDecimal: ColumnType;
}

export interface TypeSpelling extends Pick<TypeRules, "spellings"> {
  decimal(precision: number, scale: number): string;
  /** Where columns can have parts. `fields`: names with the spelling of their types. */
  list?(element: string): string;
  struct?(fields: readonly (readonly [name: string, type: string])[]): string;
}

/** The type as the database spells it. */
export function typeName(spelling: TypeSpelling, type: ColumnType): string {
  if (type.kind === "decimal") return spelling.decimal(type.precision, type.scale);
  const elements = elementsOf(type);
  if (elements !== undefined) return `${typeName(spelling, elements)}[]`;
  const shape = shapeOf(type);
  if (shape !== undefined && "list" in shape && spelling.list !== undefined) return spelling.list(typeName(spelling, shape.list));
  if (shape !== undefined && "struct" in shape && spelling.struct !== undefined)
    return spelling.struct(shape.struct.map(({ name, type: of }) => [name, typeName(spelling, of)] as const));
  const name = spelling.spellings[type.kind] ?? type.kind;
  return type.kind === "varchar" && type.length !== undefined ? `${name}(${type.length})` : name;
}
