/** The column that keeps fields which the schema does not have: found in the table, or added when the first such field arrives. Pure. */
import { type TargetColumn, typeName } from "@tapline/columns";
import type { ExistingColumn } from "../connection.ts";
import { errors } from "../errors.ts";
import { extraColumn } from "../unknown-fields.ts";
import { describeAlterations } from "./alteration.ts";
import type { PlanInput, SchemaPlan } from "./plan.ts";

const type = { kind: "json" } as const;

type Input = Pick<PlanInput, "dialect" | "existing">;

/** Undefined where the table has none, or a property loads into it. */
export function foundExtraColumn({ dialect, existing }: Input, columns: readonly TargetColumn[]): TargetColumn | undefined {
  const found = namesake(dialect, existing ?? []);
  if (found === undefined || columns.some(({ columnName }) => columnName === found.name)) return undefined;
  return dialect.types.typeOf(found.type)?.kind === "json" ? target(found.name) : undefined;
}

/** Adds the column to the stream's. @throws extra_column_taken, schema_frozen */
export function planExtraColumn({ dialect, existing, stream, table, policy }: PlanInput, columns: readonly TargetColumn[]): SchemaPlan {
  const known = foundExtraColumn({ dialect, existing }, columns);
  if (known !== undefined) return { columns: [...columns, known], alterations: [], comments: new Map(), changes: [], unmeasured: [] };
  const other = namesake(dialect, existing ?? []);
  if (other !== undefined) throw errors.extra_column_taken({ table, column: other.name, type: other.type }, { stream });
  const alterations = [{ kind: "add", name: extraColumn, type } as const];
  if (policy === "freeze") throw errors.schema_frozen({ table, changes: describeAlterations(dialect, alterations) }, { stream });
  const change = { kind: "column_added", column: extraColumn, to: typeName(dialect.types, type) } as const;
  return { columns: [...columns, target(extraColumn)], alterations, comments: new Map(), changes: [change], unmeasured: [] };
}

const target = (columnName: string): TargetColumn => ({ name: extraColumn, columnName, type, isExtra: true });

function namesake({ names }: PlanInput["dialect"], existing: readonly ExistingColumn[]): ExistingColumn | undefined {
  return existing.find(({ name }) => names.fold(name) === names.fold(extraColumn));
}
