/** What one property needs of the table: a new column, a wider one, or a second column beside its own. Pure. */
import { type ColumnType, columnType, isFixedType, mayWiden, sameType, type TargetColumn, typeName, widened } from "@tapline/columns";
import type { JsonSchema } from "@tapline/protocol";
import type { ExistingColumn } from "../connection.ts";
import { errors } from "../errors.ts";
import { propertyComment, readComment } from "../names/column-names.ts";
import { spellName } from "../names/name-case.ts";
import { planColumnBeside, policyOf } from "./column-beside.ts";
import type { PlanInput, SchemaPlan } from "./plan.ts";

/** Adds to the plan. */
export function planColumn(input: PlanInput, plan: SchemaPlan, property: string, schema: JsonSchema, columnName: string): void {
  const { dialect, existing, measured, stream, table } = input;
  const policy = policyOf(input, property);
  const wanted = columnType(schema, dialect.types);
  const present = existing?.find(({ name }) => name === columnName);
  const type = present === undefined ? null : typeOf(input, present);
  const isFixed = present?.isFixed === true || (type !== null && isFixedType(type));
  const column = (type: ColumnType, present?: ExistingColumn): TargetColumn => ({
    name: property,
    columnName,
    type,
    ...(present?.isRequired && { isRequired: true }),
    ...(present?.equatesTexts && { equatesTexts: true }),
    ...(present !== undefined && isFixedType(type) && { typeName: present.type }),
    ...(policy !== "freeze" && !(policy === "evolve" && present !== undefined && isFixed) && { mayWiden: mayWiden(schema, wanted) }),
  });
  const apart =
    existing?.filter(({ comment }) => readComment(comment)?.property === property && readComment(comment)?.type !== undefined) ?? [];
  const retire = (others: readonly ExistingColumn[]): void => {
    for (const other of others)
      plan.columns.push({ name: property, columnName: other.name, type: typeOf(input, other) ?? { kind: "varchar" }, isRetired: true });
  };
  if (present === undefined) {
    plan.alterations.push({ kind: "add", name: columnName, type: wanted });
    if (columnName !== property) plan.comments.set(columnName, propertyComment(property));
    if (columnName !== spellName(property, input.columnNames))
      plan.changes.push({ kind: "column_renamed", column: property, to: columnName });
    if (existing !== null) plan.changes.push({ kind: "column_added", column: property, to: typeName(dialect.types, wanted) });
    plan.columns.push(column(wanted));
    return;
  }
  if (present.comment === undefined) keepName(input, plan, property, present);
  if (present.isGenerated)
    throw errors.generated_column({ table, column: present.name, database: dialect.name }, { stream, column: property });
  const wider = type === null ? null : widened(type, wanted, measured?.get(columnName), dialect.types);
  const next = isFixed && wider !== type ? null : wider;
  if (next === "measure" && policy === "evolve") plan.unmeasured.push(columnName);
  else if (type !== null && next !== null && next !== "measure" && (sameType(next, type) || policy === "evolve" || policy === "freeze")) {
    if (!sameType(next, type)) {
      plan.alterations.push({ kind: "widen", name: columnName, from: type, to: next, comment: present?.comment });
      plan.changes.push({ kind: "column_widened", column: property, from: present.type, to: typeName(dialect.types, next) });
    }
    plan.columns.push(column(next, present));
    retire(apart);
  } else if (policy === "new_column") {
    const kept = planColumnBeside(input, plan, property, wanted, present.type);
    plan.columns.push({ ...column(wanted), columnName: kept });
    retire([present, ...apart].filter(({ name }) => name !== kept));
  } else {
    const params = { table, column: present.name, existing: present.type, wanted: typeName(dialect.types, wanted) };
    throw errors.type_conflict(params, { stream, column: property });
  }
}

function typeOf({ dialect }: PlanInput, { type, labels }: ExistingColumn): ColumnType | null {
  return labels === undefined ? dialect.types.typeOf(type) : { kind: "varchar", labels };
}

/** A column of others got another name than the property's, which its comment keeps from now on. */
function keepName({ dialect, policy, mayComment }: PlanInput, plan: SchemaPlan, property: string, { name }: ExistingColumn): void {
  const { fold } = dialect.names;
  if (fold(name) === fold(property)) return;
  plan.changes.push({ kind: "column_renamed", column: property, to: name });
  if (mayComment && policy !== "freeze") plan.comments.set(name, propertyComment(property));
}
