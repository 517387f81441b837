/** What table a stream becomes in the target: its name and columns as the target makes them, by the target's own settings. Pure. */
import type { PipedStream } from "@tapline/protocol";
import { withMetadataColumns } from "@tapline/sdk";
import { columnType, type SimpleKind, type TypeRules, tableName } from "@tapline/sql";
import type { Adapter } from "./environment/packages.ts";
import type { GenerateStream } from "./generate/index.ts";

export function loadedTable(
  { stream, schema, key_properties: keys }: PipedStream,
  adapter: Adapter,
  target: Record<string, unknown>,
): GenerateStream {
  const { fallbackSchema, rules, names } = adapters[adapter];
  const { schema: placed, table } = tableName(stream, {
    streamNames: target.stream_names === "exact" ? "exact" : "singer_sdk",
    defaultSchema: typeof target.default_target_schema === "string" ? target.default_target_schema : undefined,
    fallbackSchema,
  });
  const whole = target.add_record_metadata === false ? schema : withMetadataColumns(schema);
  const columns = Object.entries(whole.properties ?? {}).map(([property, node]) => {
    const type = columnType(node, rules);
    const spelt = type.kind === "decimal" ? `DECIMAL(${type.precision},${type.scale})` : (names[type.kind] ?? type.kind.toUpperCase());
    return { property, name: property, type: spelt };
  });
  return { stream, schema: placed, table, keys, columns, loadMethod: loadMethodOf(target.load_method, keys) };
}

function loadMethodOf(wanted: unknown, keys: readonly string[]): GenerateStream["loadMethod"] {
  if (wanted === "overwrite" || wanted === "upsert") return wanted;
  return wanted === "append" || wanted === "append-only" || keys.length === 0 ? "append-only" : "upsert";
}

interface AdapterTypes {
  fallbackSchema: string;
  rules: TypeRules;
  /** Types whose name differs from that of the kind. */
  names: Partial<Record<SimpleKind, string>>;
}

const adapters: Record<Adapter, AdapterTypes> = {
  duckdb: {
    fallbackSchema: "main",
    rules: { maxPrecision: 38, plainNumber: { kind: "double" }, plainDecimal: { kind: "decimal", precision: 38, scale: 18 } },
    names: { timestamptz: "TIMESTAMP WITH TIME ZONE" },
  },
  postgres: {
    fallbackSchema: "public",
    rules: { maxPrecision: 1000, plainNumber: { kind: "numeric" }, plainDecimal: { kind: "numeric" } },
    names: { timestamptz: "TIMESTAMP WITH TIME ZONE", varchar: "TEXT", double: "DOUBLE PRECISION", json: "JSONB" },
  },
};
