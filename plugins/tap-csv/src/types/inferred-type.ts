/** What detection concludes about a column. */
import type { JsonSchema } from "@tapline/sdk";
import { shorten } from "../errors.ts";
import type { ColumnKind } from "./column-kind.ts";
import { schemaOf } from "./column-type.ts";

/** Where a cell is. */
export interface CellPosition {
  file: string;
  line: number;
}

/** A cell that detection names in a message. */
export interface ExampleCell extends Partial<CellPosition> {
  value: string;
}

export interface InferredType {
  kind: ColumnKind;
  scale: number;
  schema: JsonSchema;
  /** The format of the values for `valueFormat`; undefined for the canonical form. */
  format?: string;
  /** The reason for the type, in words. */
  evidence: string;
  /** Set when the column is text although it may not be meant as text; the user should look at it. */
  doubt?: Doubt;
}

/** Why a column of text may not be meant as text. */
export interface Doubt {
  /** The cell that made it text. */
  cell: ExampleCell;
  /** What was found, such as `12 of 13 values are numbers`. */
  found: string;
  /** What the user can do. */
  remedy: string;
}

/** A warning about a column that is text. */
export function describeDoubt(column: string, { cell: { file, line, value }, found, remedy }: Doubt): string {
  const place = file === undefined ? "" : `${file}, line ${line}: `;
  return `${place}column ${JSON.stringify(column)} is text because of ${JSON.stringify(shorten(value))}: ${found}. To change this, ${remedy}`;
}

export const stringSchema: JsonSchema = { type: ["null", "string"] };

export const textType = (evidence: string, doubt?: Doubt): InferredType => ({
  kind: "string",
  scale: 0,
  schema: stringSchema,
  evidence,
  ...(doubt === undefined ? {} : { doubt }),
});

export const typedAs = (kind: ColumnKind, scale: number, evidence: string): InferredType => ({
  kind,
  scale,
  schema: schemaOf({ kind, scale }),
  evidence,
});
