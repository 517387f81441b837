/** What must be done to a table so that it fits a stream's columns: a plan as data, made from what exists and what is needed. Pure. */
import { type JsonSchema, propertyNames } from "@tapline/protocol";
import { errors } from "../errors.ts";
import { nameColumns } from "../names/column-names.ts";
import { describeAlterations } from "./alteration.ts";
import { planColumn } from "./column-plan.ts";
import { emptyPlan, type PlanInput, type SchemaPlan } from "./plan.ts";

/** Columns are in the order in which the tap sent the properties. @throws no_columns, column_shared, name_ambiguous, names_changed, type_conflict, generated_column, too_many_columns, schema_frozen */
export function planSchema(input: PlanInput): SchemaPlan {
  const { dialect, stream, schema, existing, policy, table } = input;
  const properties = propertyNames(schema);
  if (properties.length === 0) throw errors.no_columns({}, { stream });
  const columns = namesOf(input, properties);
  const plan = emptyPlan();
  for (const property of properties)
    planColumn(input, plan, property, schema.properties?.[property] as JsonSchema, columns.get(property) as string);
  checkWidth(input, plan);
  if (policy === "freeze" && existing !== null && plan.alterations.length > 0)
    throw errors.schema_frozen({ table, changes: describeAlterations(dialect, plan.alterations) }, { stream });
  return plan;
}

/** The column of each property. */
function namesOf(input: PlanInput, properties: readonly string[]): Map<string, string> {
  const { stream, existing, table, isOthers, columnNames } = input;
  const { names } = input.dialect;
  const rules = { ...names, reserved: names.reservedColumns };
  const { names: found, fault } = nameColumns(properties, existing ?? [], rules, { nameCase: columnNames, isOthers });
  switch (fault?.kind) {
    case "shared":
      throw errors.column_shared({ table, ...fault }, { stream, column: fault.second });
    case "ambiguous": {
      const what = `Property ${JSON.stringify(fault.property)} of table ${table}`;
      throw errors.name_ambiguous({ what, candidates: fault.columns }, { stream, column: fault.property });
    }
    case "respelled": {
      const what = `Property ${JSON.stringify(fault.property)} of table ${table}`;
      const params = { setting: "column_names", what, found: fault.column, wished: fault.wished };
      throw errors.names_changed(params, { stream, column: fault.property });
    }
    case undefined:
      return found;
  }
}

function checkWidth({ dialect, existing, table, stream }: PlanInput, { alterations }: SchemaPlan): void {
  const columns = (existing?.length ?? 0) + alterations.filter(({ kind }) => kind === "add").length;
  const most = dialect.traits.maxColumns;
  if (most !== undefined && columns > most) throw errors.too_many_columns({ table, columns, most, database: dialect.name }, { stream });
}
