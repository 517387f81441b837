/** What must be done to a table so that a stream's columns fit in: a plan as data, made from what is there and what is wanted. Pure. */
import {
  allowsDigits,
  type ColumnType,
  columnType,
  type Digits,
  describeType,
  digitsOf,
  sameType,
  type TargetColumn,
  typeName,
  widened,
} from "@tapline/columns";
import type { JsonSchema, TableChange } from "@tapline/sdk";
import { type Alteration, describeAlterations } from "./alteration.ts";
import type { ExistingColumn } from "./connection.ts";
import type { Dialect } from "./dialect.ts";
import { errors } from "./errors.ts";
import { columnNames, propertyComment, readComment } from "./names/column-names.ts";
import { fitName } from "./names/fit-name.ts";
import type { SchemaPolicy } from "./settings.ts";

export interface SchemaPlan {
  columns: TargetColumn[];
  alterations: Alteration[];
  /** By column name. */
  comments: Map<string, string>;
  changes: TableChange[];
  /** Columns whose digits must be known first; where there are some, the plan is not to be run. */
  unmeasured: string[];
}

export interface PlanInput {
  dialect: Dialect;
  stream: string;
  schema: JsonSchema;
  /** The table's columns, null when there is no table. */
  existing: readonly ExistingColumn[] | null;
  policy: SchemaPolicy;
  /** Properties whose values tell rows apart: each has one column, whatever the policy. */
  keys?: readonly string[];
  /** Quoted and qualified. */
  table: string;
  /** By column name; null where it has values that are no decimals. */
  measured?: ReadonlyMap<string, Digits | null>;
}

/** @throws no_columns, type_conflict, generated_column, too_many_columns, schema_frozen */
export function planSchema(input: PlanInput): SchemaPlan {
  const { dialect, stream, schema, existing, policy, table } = input;
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) throw errors.no_columns({}, { stream });
  const names = columnNames(
    properties.map(([name]) => name),
    existing ?? [],
    { ...dialect, reserved: dialect.reservedColumns },
  );
  const plan = emptyPlan();
  for (const [property, propertySchema] of properties) planColumn(input, plan, property, propertySchema, names.get(property) as string);
  checkWidth(input, plan);
  if (policy === "freeze" && existing !== null && plan.alterations.length > 0)
    throw errors.schema_frozen({ table, changes: describeAlterations(dialect, plan.alterations) }, { stream });
  return plan;
}

function planColumn(input: PlanInput, plan: SchemaPlan, property: string, schema: JsonSchema, columnName: string): void {
  const { dialect, existing, measured, stream, table } = input;
  const policy = policyOf(input, property);
  const wanted = columnType(schema, dialect.types);
  const column = (type: ColumnType, present?: ExistingColumn): TargetColumn => ({
    name: property,
    columnName,
    type,
    ...(present?.isRequired && { isRequired: true }),
    ...(policy !== "freeze" && !(policy === "evolve" && present?.isFixed) && { mayWiden: widenability(schema, wanted) }),
  });
  const present = existing?.find(({ name }) => name === columnName);
  const apart =
    existing?.filter(({ comment }) => readComment(comment)?.property === property && readComment(comment)?.type !== undefined) ?? [];
  const retire = (others: readonly ExistingColumn[]): void => {
    for (const { name, type } of others)
      plan.columns.push({ name: property, columnName: name, type: dialect.types.typeOf(type) ?? { kind: "varchar" }, isRetired: true });
  };
  if (present === undefined) {
    plan.alterations.push({ kind: "add", name: columnName, type: wanted });
    if (columnName !== property) {
      plan.comments.set(columnName, propertyComment(property));
      plan.changes.push({ kind: "column_renamed", column: property, to: columnName });
    }
    if (existing !== null) plan.changes.push({ kind: "column_added", column: property, to: typeName(dialect.types, wanted) });
    plan.columns.push(column(wanted));
    return;
  }
  if (present.isGenerated)
    throw errors.generated_column({ table, column: present.name, database: dialect.name }, { stream, column: property });
  const type = dialect.types.typeOf(present.type);
  const wider = type === null ? null : widened(type, wanted, measured?.get(columnName), dialect.types);
  const next = present.isFixed && wider !== type ? null : wider;
  if (next === "measure" && policy === "evolve") plan.unmeasured.push(columnName);
  else if (type !== null && next !== null && next !== "measure" && (sameType(next, type) || policy === "evolve" || policy === "freeze")) {
    if (!sameType(next, type)) {
      plan.alterations.push({ kind: "widen", name: columnName, from: type, to: next });
      plan.changes.push({ kind: "column_widened", column: property, from: present.type, to: typeName(dialect.types, next) });
    }
    plan.columns.push(column(next, present));
    retire(apart);
  } else if (policy === "new_column") {
    const kept = planApart(input, plan, property, wanted, present.type);
    plan.columns.push({ ...column(wanted), columnName: kept });
    retire([present, ...apart].filter(({ name }) => name !== kept));
  } else {
    const params = { table, column: present.name, existing: present.type, wanted: typeName(dialect.types, wanted) };
    throw errors.type_conflict(params, { stream, column: property });
  }
}

/** A property's column becomes one of another type, or gets one of that type beside it. `columns`: those of the table by now. */
export function planWidening(input: PlanInput, columns: readonly TargetColumn[], column: TargetColumn, type: ColumnType): SchemaPlan {
  const { name: property, columnName } = column;
  const [from, to] = [typeName(input.dialect.types, column.type), typeName(input.dialect.types, type)];
  const plan = emptyPlan();
  if (policyOf(input, property) === "new_column") {
    const apart = planApart(input, plan, property, type, from);
    const others = columns.filter((each) => each.columnName !== apart);
    plan.columns = others.map((each) => (each === column ? { ...each, isRetired: true } : each));
    plan.columns.push({ ...column, columnName: apart, type });
  } else {
    plan.alterations.push({ kind: "widen", name: columnName, from: column.type, to: type });
    plan.changes.push({ kind: "column_widened", column: property, from, to });
    plan.columns = columns.map((each) => (each === column ? { ...each, type } : each));
  }
  return plan;
}

function emptyPlan(): SchemaPlan {
  return { columns: [], alterations: [], comments: new Map(), changes: [], unmeasured: [] };
}

/** Rows with one key in two columns would be two rows. */
function policyOf({ policy, keys }: Pick<PlanInput, "policy" | "keys">, property: string): SchemaPolicy {
  return policy === "new_column" && keys?.includes(property) ? "evolve" : policy;
}

/** The column that holds a property's values of another type than its own column: one that is there, or a new one. */
function planApart({ dialect, existing }: PlanInput, plan: SchemaPlan, property: string, type: ColumnType, from?: string): string {
  const comment = propertyComment(property, describeType(type));
  const known = existing?.find((column) => column.comment === comment);
  if (known !== undefined) return known.name;
  const taken = new Set([...(existing ?? []), ...plan.alterations].map(({ name }) => dialect.fold(name)));
  const name = fitName(property, dialect, (folded) => taken.has(folded), `__${type.kind}`);
  plan.alterations.push({ kind: "add", name, type });
  plan.comments.set(name, comment);
  plan.changes.push({ kind: "column_kept_apart", column: property, ...(from !== undefined && { from }), to: name });
  return name;
}

/** What a limit of the column, and not of the schema, keeps out may come in: what the schema forbids may not. */
function widenability(schema: JsonSchema, wanted: ColumnType): NonNullable<TargetColumn["mayWiden"]> {
  return (code, value) => {
    switch (code) {
      case "integer_out_of_range":
      case "decimal_out_of_range":
      case "decimal_too_fine":
      case "double_not_exact": {
        const digits = digitsOf(value);
        return digits !== null && allowsDigits(schema, digits);
      }
      case "not_finite":
        return wanted.kind === "double" || wanted.kind === "numeric";
      case "text_too_long":
        return true;
      case "invalid_uuid":
        return wanted.kind === "varchar";
      default:
        return false;
    }
  };
}

function checkWidth({ dialect, existing, table, stream }: PlanInput, { alterations }: SchemaPlan): void {
  const columns = (existing?.length ?? 0) + alterations.filter(({ kind }) => kind === "add").length;
  const most = dialect.maxColumns;
  if (most !== undefined && columns > most) throw errors.too_many_columns({ table, columns, most, database: dialect.name }, { stream });
}
