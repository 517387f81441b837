/** A table or view of a source, as its catalog describes it, and the stream that it is. */
import type { JsonSchema, Stream } from "@tapline/sdk";
import { orderedEntries, orderedObject } from "@tapline/sdk";
import { sqlTapErrors as errors } from "./errors.ts";
import { type RangeKind, rangeMetadata } from "./range.ts";

/** `server-time`: the server writes the start of the transaction, or a later time, into it. */
export type CursorKind = "server-time" | "time" | "number" | "other";

export interface SourceColumn {
  name: string;
  /** What its values are on the wire. */
  property: JsonSchema;
  isNullable: boolean;
  comment: string | undefined;
  /** What its values are as a replication key; undefined where they have no order that a bookmark could use. */
  cursor: CursorKind | undefined;
  /** What it is where a part of the table is read by it; undefined where it is no time. */
  range: RangeKind | undefined;
}

export interface SourceTable {
  database: string;
  schema: string;
  name: string;
  isView: boolean;
  comment: string | undefined;
  /** The columns of its key, in the key's order; [] where it has none. */
  keys: readonly string[];
  /** As the server last counted. */
  rowEstimate: number | undefined;
  columns: readonly SourceColumn[];
}

/** As MeltanoLabs' and PipelineWise's taps name it; targets load `a-b` into table b of schema a. */
export function streamName({ schema, name }: Pick<SourceTable, "schema" | "name">): string {
  return `${schema}-${name}`;
}

/** As SQL and messages have it. */
export function tableName({ schema, name }: Pick<SourceTable, "schema" | "name">): string {
  return [schema, name].map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
}

/** Table b-c of schema a, and table c of schema a-b. @throws stream_names_collide */
export function expectOwnNames(tables: readonly SourceTable[]): void {
  const byName = new Map<string, SourceTable>();
  for (const table of tables) {
    const other = byName.get(streamName(table));
    if (other !== undefined) throw errors.stream_names_collide({ stream: streamName(table), tables: [tableName(other), tableName(table)] });
    byName.set(streamName(table), table);
  }
}

/** @throws columns_gone */
export function expectColumns(table: SourceTable, wanted: readonly string[]): void {
  const gone = wanted.filter((name) => !table.columns.some((column) => column.name === name));
  if (gone.length > 0) throw errors.columns_gone({ table: tableName(table), stream: streamName(table), columns: gone });
}

/** The stream of a table. A catalog makes it INCREMENTAL by a replication key. */
export function streamOf(table: SourceTable, read: Stream["read"]): Stream {
  const properties = table.columns.map((column): [string, JsonSchema] => {
    const description = column.comment === undefined ? {} : { description: column.comment };
    return [column.name, { ...(table.keys.includes(column.name) ? column.property : nullable(column.property)), ...description }];
  });
  return {
    name: streamName(table),
    schema: {
      type: "object",
      ...(table.comment === undefined ? {} : { description: table.comment }),
      properties: orderedObject(properties),
    },
    keys: table.keys,
    replicationMethod: "FULL_TABLE",
    metadata: [
      {
        breadcrumb: [],
        metadata: {
          "database-name": table.database,
          "schema-name": table.schema,
          "is-view": table.isView,
          ...(table.rowEstimate === undefined ? {} : { "row-count": table.rowEstimate }),
          "valid-replication-keys": table.columns.filter(({ cursor }) => cursor !== undefined).map(({ name }) => name),
          ...rangeMetadata(table.columns),
        },
      },
    ],
    read,
  };
}

/**
 * The schema where some columns have become what their types can be at most. `propertyOf` gives what such a column is now; its description
 * stays.
 */
export function widened(
  schema: JsonSchema,
  { names, keys }: { names: readonly string[]; keys: readonly string[] },
  propertyOf: (name: string, property: JsonSchema) => JsonSchema,
): JsonSchema {
  const properties = orderedEntries(schema.properties ?? {}).map(([name, property]): [string, JsonSchema] => {
    if (!names.includes(name)) return [name, property];
    const { description } = property;
    const wider = propertyOf(name, property);
    return [name, { ...(keys.includes(name) ? wider : nullable(wider)), ...(description === undefined ? {} : { description }) }];
  });
  return { ...schema, properties: orderedObject(properties) };
}

/** The schema that takes null too. A schema without a type takes anything. */
export function nullable(property: JsonSchema): JsonSchema {
  const { type, ...rest } = property;
  return type === undefined ? property : { type: ["null", ...[type].flat().filter((one) => one !== "null")], ...rest };
}
