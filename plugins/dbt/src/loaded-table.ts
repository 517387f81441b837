/** The table that a target makes for a stream: its name and columns, by the target's settings. Pure. */
import { columnType, type EpochUnit, type TypeRules } from "@tapline/columns";
import { orderedEntries, type PipedStream } from "@tapline/protocol";
import { withMetadataColumns } from "@tapline/sdk";
import { columnNames, columnSchema, fitName, foldCase, type NameCase, type NameRules, tableName } from "@tapline/sql";
import type { Adapter } from "./environment/packages.ts";
import type { GenerateStream } from "./generate/index.ts";

export function loadedTable(
  { stream, schema, key_properties: keys }: PipedStream,
  adapter: Adapter,
  target: Record<string, unknown>,
): GenerateStream {
  const { fallbackSchema, rules } = adapters[adapter];
  const fullName = tableName(stream, {
    streamNames: target.stream_names === "exact" ? "exact" : "singer_sdk",
    defaultSchema: typeof target.default_target_schema === "string" ? target.default_target_schema : undefined,
    fallbackSchema,
    tableNames: nameCase(target.table_names),
  });
  const stored = columnSchema(schema, { epochTimes: target.epoch_times as EpochUnit | undefined });
  const properties = orderedEntries((target.add_record_metadata === false ? stored : withMetadataColumns(stored)).properties ?? {});
  const names = columnNames(
    properties.map(([property]) => property),
    [],
    rules,
    { nameCase: nameCase(target.column_names) },
  );
  const nameOf = (property: string): string => names.get(property) ?? property;
  const columns = properties.map(([property, node]) => {
    const type = columnType(node, rules);
    const typeName = type.kind === "decimal" ? `DECIMAL(${type.precision},${type.scale})` : (rules.spellings[type.kind] ?? type.kind);
    return { property, name: nameOf(property), type: typeName };
  });
  const loadMethod = loadMethodOf(target.load_method, keys);
  return {
    stream,
    schema: fitName(fullName.schema, rules),
    table: fitName(fullName.table, rules),
    keys: keys.map(nameOf),
    columns,
    loadMethod,
  };
}

const common = {
  interval: "INTERVAL",
  boolean: "BOOLEAN",
  smallint: "SMALLINT",
  integer: "INTEGER",
  bigint: "BIGINT",
  date: "DATE",
  uuid: "UUID",
};

const nameCase = (wanted: unknown): NameCase => (wanted === "snake_case" ? "snake_case" : "as_is");

function loadMethodOf(wanted: unknown, keys: readonly string[]): GenerateStream["loadMethod"] {
  if (wanted === "overwrite" || wanted === "upsert") return wanted;
  return wanted === "append" || wanted === "append-only" || keys.length === 0 ? "append-only" : "upsert";
}

/** Copied from the dialects of the targets, because plugins never import each other. A test compares the two. */
export const adapters: Record<Adapter, { fallbackSchema: string; rules: TypeRules & NameRules }> = {
  duckdb: {
    fallbackSchema: "main",
    rules: {
      spellings: {
        ...common,
        hugeint: "HUGEINT",
        real: "FLOAT",
        double: "DOUBLE",
        numeric: null,
        varchar: "VARCHAR",
        timestamp: "TIMESTAMP",
        timestamptz: "TIMESTAMP WITH TIME ZONE",
        time: "TIME",
        binary: "BLOB",
        json: "JSON",
      },
      maxPrecision: 38,
      plainNumber: { kind: "double" },
      plainDecimal: { kind: "decimal", precision: 38, scale: 18 },
      fold: foldCase,
      maxNameBytes: undefined,
    },
  },
  postgres: {
    fallbackSchema: "public",
    rules: {
      spellings: {
        ...common,
        hugeint: null,
        real: "REAL",
        double: "DOUBLE PRECISION",
        numeric: "NUMERIC",
        varchar: "TEXT",
        timestamp: "TIMESTAMP WITHOUT TIME ZONE",
        timestamptz: "TIMESTAMP WITH TIME ZONE",
        time: "TIME WITHOUT TIME ZONE",
        binary: "BYTEA",
        json: "JSONB",
      },
      maxPrecision: 1000,
      plainNumber: { kind: "numeric" },
      plainDecimal: { kind: "numeric" },
      fold: (name) => name,
      maxNameBytes: 63,
    },
  },
};
