/** What widens a column for values that it refused. Pure. */
import { type ColumnType, type TargetColumn, typeName } from "@tapline/columns";
import { planColumnBeside, policyOf } from "./column-beside.ts";
import { emptyPlan, type PlanInput, type SchemaPlan } from "./plan.ts";

/** The property's column gets the type, or a second column of the type beside it. `columns`: all the stream has now. */
export function planWidening(input: PlanInput, columns: readonly TargetColumn[], column: TargetColumn, type: ColumnType): SchemaPlan {
  const { name: property, columnName } = column;
  const [from, to] = [typeName(input.dialect.types, column.type), typeName(input.dialect.types, type)];
  const plan = emptyPlan();
  if (policyOf(input, property) === "new_column") {
    const apart = planColumnBeside(input, plan, property, type, from);
    const others = columns.filter((each) => each.columnName !== apart);
    plan.columns = others.map((each) => (each === column ? { ...each, isRetired: true } : each));
    plan.columns.push({ ...column, columnName: apart, type });
  } else {
    const comment = input.existing?.find(({ name }) => name === columnName)?.comment;
    plan.alterations.push({ kind: "widen", name: columnName, from: column.type, to: type, comment });
    // The rows of this load were read as a narrower type than the column has: Snowflake has one type for all integers.
    if (from !== to) plan.changes.push({ kind: "column_widened", column: property, from, to });
    plan.columns = columns.map((each) => (each === column ? { ...each, type } : each));
  }
  return plan;
}
