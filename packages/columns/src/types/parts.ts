/** The parts of a column as Parquet stores them: a tree, and its leaves in order. Pure. Source: LogicalTypes.md of Apache Parquet, "Lists". */
import { type ColumnType, shapeOf } from "./column-type.ts";

export interface LeafPart {
  /** Names from the column's own one on. */
  path: readonly string[];
  type: ColumnType;
  /** How many of the nodes above it, and it itself, may be missing; and how many of them are lists. */
  definition: number;
  repetition: number;
}

/** The leaves of a column; a plain one is its only leaf. */
export function leavesOf(name: string, type: ColumnType): LeafPart[] {
  return leaves(type, [name], 0, 0);
}

function leaves(type: ColumnType, path: readonly string[], definition: number, repetition: number): LeafPart[] {
  const shape = shapeOf(type);
  if (shape === undefined) return [{ path, type, definition: definition + 1, repetition }];
  if ("list" in shape) return leaves(shape.list, [...path, "list", "element"], definition + 2, repetition + 1);
  return shape.struct.flatMap(({ name, type: of }) => leaves(of, [...path, name], definition + 1, repetition));
}

/** A node of the tree, in the order of a file's schema: each before those below it. */
export type Node = { name: string; leaf: ColumnType } | { name: string; children: number; of: "struct" | "list" | "items" };

export function nodesOf(name: string, type: ColumnType): Node[] {
  const shape = shapeOf(type);
  if (shape === undefined) return [{ name, leaf: type }];
  if ("list" in shape)
    return [{ name, children: 1, of: "list" }, { name: "list", children: 1, of: "items" }, ...nodesOf("element", shape.list)];
  return [{ name, children: shape.struct.length, of: "struct" }, ...shape.struct.flatMap((field) => nodesOf(field.name, field.type))];
}
