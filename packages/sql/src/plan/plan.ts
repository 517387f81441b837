/** A plan as data, and what plans are made from. */
import type { Digits, TargetColumn } from "@tapline/columns";
import type { JsonSchema } from "@tapline/protocol";
import type { TableChange } from "@tapline/sdk";
import type { ExistingColumn } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { NameCase } from "../names/name-case.ts";
import type { SchemaPolicy } from "../settings.ts";
import type { Alteration } from "./alteration.ts";

export interface SchemaPlan {
  columns: TargetColumn[];
  alterations: Alteration[];
  /** By column name. */
  comments: Map<string, string>;
  changes: TableChange[];
  /** Columns whose digits must be measured first. While there are any, the plan must not be run. */
  unmeasured: string[];
}

export interface PlanInput {
  dialect: Dialect;
  stream: string;
  schema: JsonSchema;
  /** The table's columns; null when there is no table. */
  existing: readonly ExistingColumn[] | null;
  policy: SchemaPolicy;
  /** Properties that identify a row: each has one column, whatever the policy. */
  keys?: readonly string[];
  columnNames: NameCase;
  /** Others made the table: its columns may differ from the properties in case. */
  isOthers: boolean;
  /** The property of a column can be kept in the column's comment. */
  mayComment: boolean;
  /** Quoted and qualified. */
  table: string;
  /** By column name; null where a value is no decimal. */
  measured?: ReadonlyMap<string, Digits | null>;
}

export function emptyPlan(): SchemaPlan {
  return { columns: [], alterations: [], comments: new Map(), changes: [], unmeasured: [] };
}
