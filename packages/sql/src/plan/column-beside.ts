/** A second column for a property, which holds the values of another type than its own column. Pure. */
import { type ColumnType, describeType } from "@tapline/columns";
import { propertyComment } from "../names/column-names.ts";
import { fitName } from "../names/fit-name.ts";
import type { SchemaPolicy } from "../settings.ts";
import type { PlanInput, SchemaPlan } from "./plan.ts";

/** Keys keep one column whatever the policy: rows with one key in two columns would be two rows. */
export function policyOf({ policy, keys }: Pick<PlanInput, "policy" | "keys">, property: string): SchemaPolicy {
  return policy === "new_column" && keys?.includes(property) ? "evolve" : policy;
}

/** Adds the column to the plan unless it exists. @returns its name */
export function planColumnBeside(
  { dialect, existing }: PlanInput,
  plan: SchemaPlan,
  property: string,
  type: ColumnType,
  from?: string,
): string {
  const comment = propertyComment(property, describeType(type));
  const known = existing?.find((column) => column.comment === comment);
  if (known !== undefined) return known.name;
  const taken = new Set([...(existing ?? []), ...plan.alterations].map(({ name }) => dialect.names.fold(name)));
  const name = fitName(property, dialect.names, (folded) => taken.has(folded), `__${type.kind}`);
  plan.alterations.push({ kind: "add", name, type });
  plan.comments.set(name, comment);
  plan.changes.push({ kind: "column_kept_apart", column: property, ...(from !== undefined && { from }), to: name });
  return name;
}
