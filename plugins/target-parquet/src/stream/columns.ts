/** The columns of a stream: what its SCHEMA makes of those that its files have. A type that changes begins new files. Pure. */
import {
  type ColumnType,
  columnType,
  type Digits,
  mayWiden,
  nestedType,
  sameType,
  shapeOf,
  type TargetColumn,
  widened,
  widenedFor,
  widenedShape,
} from "@tapline/columns";
import { type JsonSchema, orderedEntries, type TargetStream } from "@tapline/sdk";
import { extraColumn } from "@tapline/sql";
import { errors } from "../errors.ts";
import type { FileColumn, ManifestColumn } from "../manifest/manifest.ts";
import { typeOf } from "./type-text.ts";
import { manifestType, nameOf, typeRules } from "./types.ts";

type Change = Parameters<NonNullable<TargetStream["changed"]>>[0];

export interface ColumnPlan {
  /** All columns of the stream, those it no longer sends too. */
  columns: readonly ManifestColumn[];
  /** Those that the next files have, in the same order as `fileColumns`. */
  targets: readonly TargetColumn[];
  fileColumns: readonly FileColumn[];
}

/** What the stream's SCHEMA makes of its columns. */
export interface PlannedColumns {
  plan: ColumnPlan;
  changes: readonly Change[];
  /** Columns whose digits must be measured first: until then the plan is not to be used. */
  unmeasured: readonly ManifestColumn[];
}

export interface PlanRules {
  nested: NestedForm;
  /** The most digits of the values in a column, by its name; null where some are no decimals. */
  measured: ReadonlyMap<string, Digits | null>;
}

/** Whether objects and arrays are JSON text, or columns with parts where their schema says which. */
export type NestedForm = "json" | "struct";

/** @throws type_conflict */
export function planColumns(known: readonly ManifestColumn[], stream: TargetStream, { nested, measured }: PlanRules): PlannedColumns {
  const changes: Change[] = [];
  const unmeasured: ManifestColumn[] = [];
  const columns = [...known];
  // Keys are compared whole.
  const typeFor = (property: string, schema: JsonSchema): ColumnType =>
    nested === "struct" && !stream.keys.includes(property) ? nestedType(schema, typeRules) : columnType(schema, typeRules);
  for (const [property, schema] of orderedEntries(stream.schema.properties ?? {})) {
    const wanted = typeFor(property, schema);
    const index = columns.findIndex((column) => column.property === property);
    const present = columns[index];
    if (present === undefined) {
      const name = freeName(property, columns);
      columns.push({ property, name, type: manifestType(wanted) });
      if (name !== property) changes.push({ kind: "column_renamed", column: property, to: name });
      if (known.length > 0) changes.push({ kind: "column_added", column: property, to: nameOf(wanted) });
      continue;
    }
    const type = typeOf(present.type);
    const next = shapeOf(type) === undefined ? widened(type, wanted, measured.get(present.name), typeRules) : widenedShape(type, wanted);
    if (next === "measure") {
      unmeasured.push(present);
      continue;
    }
    if (next === null)
      throw errors.type_conflict({ existing: nameOf(type), wanted: nameOf(wanted) }, { stream: stream.name, column: property });
    if (sameType(next, type)) continue;
    columns[index] = { ...present, type: manifestType(next) };
    changes.push({ kind: "column_widened", column: property, from: nameOf(type), to: nameOf(next) });
  }
  return { plan: planFor(columns, stream), changes, unmeasured };
}

/** The plan with a column that also takes these values. `stored`: the most digits of those that it has, null where some are no decimals */
export function widenColumn(
  plan: ColumnPlan,
  stream: TargetStream,
  property: string,
  values: readonly unknown[],
  stored: Digits | null,
): ColumnPlan {
  const columns = plan.columns.map((column) => {
    if (column.property !== property) return column;
    const type = typeOf(column.type);
    const next = widenedFor(type, values, stored, typeRules);
    stream.changed?.({ kind: "column_widened", column: property, from: nameOf(type), to: nameOf(next) });
    return { ...column, type: manifestType(next) };
  });
  return planFor(columns, stream);
}

/** The plan with the column for fields that the schema does not have. */
export function addExtraColumn(plan: ColumnPlan, stream: TargetStream): ColumnPlan {
  const extra: ManifestColumn = { property: extraColumn, name: extraColumn, type: "json" };
  const isThere = plan.columns.some(({ property }) => property === extraColumn);
  if (!isThere) stream.changed?.({ kind: "column_added", column: extraColumn, to: nameOf({ kind: "json" }) });
  return planFor(isThere ? plan.columns : [...plan.columns, extra], stream, true);
}

function planFor(columns: readonly ManifestColumn[], { schema }: TargetStream, keepsExtra = false): ColumnPlan {
  const properties = new Map(orderedEntries(schema.properties ?? {}));
  const isExtra = ({ property }: ManifestColumn): boolean => property === extraColumn && !properties.has(property);
  const sent = columns.filter((column) => properties.has(column.property) || (isExtra(column) && keepsExtra));
  return {
    columns,
    fileColumns: sent.map(({ name, type }) => ({ name, type })),
    targets: sent.map((column) => {
      const target = { name: column.property, columnName: column.name, type: typeOf(column.type) };
      if (isExtra(column)) return { ...target, isExtra: true };
      const property = properties.get(column.property) ?? {};
      // What does not fit the parts is not lost: the column becomes JSON.
      if (shapeOf(target.type) !== undefined) return { ...target, mayWiden: () => true };
      return { ...target, mayWiden: mayWiden(property, columnType(property, typeRules)) };
    }),
  };
}

/** Many readers find columns whatever their case, so two names that differ only in it can't both be read. */
function freeName(property: string, columns: readonly ManifestColumn[]): string {
  const isTaken = (name: string): boolean => columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
  const wished = property === "" ? "_" : property;
  let name = wished;
  for (let count = 2; isTaken(name); count++) name = `${wished}_${count}`;
  return name;
}
