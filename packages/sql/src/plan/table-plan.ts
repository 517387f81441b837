/** Everything that a SCHEMA asks of its table, with all errors that can be known from the table's description. Pure. */
import { type Digits, type TargetColumn, typeName } from "@tapline/columns";
import type { TargetStream } from "@tapline/sdk";
import type { TableDescription } from "../connection.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { errors } from "../errors.ts";
import type { NameCase } from "../names/name-case.ts";
import type { SchemaPolicy } from "../settings.ts";
import { isCopied } from "./copy-plan.ts";
import { foundExtraColumn } from "./extra-column.ts";
import { checkRowIds, type KeyPlan, planKey, rowKeys } from "./key-plan.ts";
import type { PlanInput, SchemaPlan } from "./plan.ts";
import { planSchema } from "./schema-plan.ts";

export interface TablePlanInput {
  dialect: Dialect;
  policy: SchemaPolicy;
  columnNames: NameCase;
  /** Quoted and qualified. */
  table: string;
  /** Null when there is no table. */
  existing: TableDescription | null;
  /** Rows from before the open transaction were deleted or replaced in it. */
  rowsChanged: boolean;
  /** Fields that the schema does not have are kept. */
  keepsUnknown: boolean;
  measured?: ReadonlyMap<string, Digits | null>;
}

export interface TablePlan extends SchemaPlan, KeyPlan {
  /** The table is altered by a copy that replaces it. */
  isCopy: boolean;
}

/**
 * While `unmeasured` names columns, the plan must be made again with their digits.
 * @throws not_a_table, key_not_in_schema, row_id_hidden, copy_refused, schema_frozen and the errors of `planSchema`
 */
export function planTable(input: TablePlanInput, stream: TargetStream): TablePlan {
  const { dialect, policy, columnNames, table, existing, rowsChanged, keepsUnknown, measured } = input;
  const { name, schema } = stream;
  if (existing?.notTable !== undefined) throw errors.not_a_table({ table, what: existing.notTable }, { stream: name });
  const keys = rowKeys(stream);
  const unknown = keys.find((key) => !Object.hasOwn(schema.properties ?? {}, key));
  if (unknown !== undefined) throw errors.key_not_in_schema({ key: unknown }, { stream: name });
  const about = { dialect, stream: name, schema, policy, columnNames, keys, table, ...ofTable(existing) };
  const plan = planSchema({ ...about, ...(measured && { measured }) });
  const extra = keepsUnknown ? foundExtraColumn(about, plan.columns) : undefined;
  if (extra !== undefined) plan.columns.push(extra);
  checkRowIds(dialect, table, existing, stream);
  const { alterations } = plan;
  const isCopy = existing !== null && isCopied(dialect, { existing, alterations, rowsChanged, table, stream: name });
  const keyColumns = keys.map((key) => columnOf(plan.columns, key));
  return { ...plan, isCopy, ...planKey(existing, keyColumns, { table, stream: name, policy }) };
}

/** What plans ask of the table. */
export function ofTable(existing: TableDescription | null): Pick<PlanInput, "existing" | "isOthers" | "mayComment"> {
  const isOthers = existing !== null && existing.stream === undefined;
  return { existing: existing?.columns ?? null, isOthers, mayComment: existing?.refusesComments !== true };
}

/** The column that takes a property's values. */
export function columnOf(columns: readonly TargetColumn[], property: string): string {
  return columns.find((column) => column.name === property && !column.isRetired && !column.isExtra)?.columnName ?? property;
}

/** The table as it will be once the plan was run: for the plan of a later SCHEMA that arrives before that. */
export function afterPlan({ types }: Dialect, existing: TableDescription | null, plan: TablePlan, stream: string): TableDescription {
  const widened = new Map(plan.alterations.flatMap((step) => (step.kind === "widen" ? [[step.name, typeName(types, step.to)]] : [])));
  const kept = (existing?.columns ?? []).map((column) => ({
    ...column,
    type: widened.get(column.name) ?? column.type,
    comment: plan.comments.get(column.name) ?? column.comment,
  }));
  const added = plan.alterations.flatMap((step) =>
    step.kind === "add" ? [{ name: step.name, type: typeName(types, step.type), comment: plan.comments.get(step.name) }] : [],
  );
  const fresh = { notTable: undefined, stream, hasDependents: false, isReferenced: false };
  return { ...(existing ?? fresh), columns: [...kept, ...added], uniqueKeys: plan.uniqueKeys, ownKey: undefined };
}
