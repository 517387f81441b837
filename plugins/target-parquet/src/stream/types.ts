/** The types of columns in these files, and their names in the manifest. Pure. */
import { type ColumnType, describeType, type TypeSpelling, typeName, type WideningRules } from "@tapline/columns";

/** Names for messages are Parquet's logical types. An integer beyond 64 bits is a decimal of 38 digits, and beyond that it is text. */
export const typeRules = {
  spellings: {
    boolean: "BOOLEAN",
    smallint: "INT64",
    integer: "INT64",
    bigint: "INT64",
    hugeint: null,
    real: "DOUBLE",
    double: "DOUBLE",
    numeric: null,
    varchar: "STRING",
    date: "DATE",
    time: "TIME",
    timestamp: "TIMESTAMP",
    timestamptz: "TIMESTAMP (UTC)",
    interval: "STRING",
    uuid: "UUID",
    binary: "BYTE_ARRAY",
    json: "JSON",
  },
  decimal: (precision: number, scale: number) => `DECIMAL(${precision},${scale})`,
  list: (element: string) => `LIST(${element})`,
  struct: (fields: readonly (readonly [string, string])[]) => `STRUCT(${fields.map(([name, type]) => `${name} ${type}`).join(", ")})`,
  maxPrecision: 38,
  plainNumber: { kind: "double" },
  plainDecimal: { kind: "decimal", precision: 38, scale: 18 },
} as const satisfies TypeSpelling & WideningRules & { plainNumber: ColumnType };

export const nameOf = (type: ColumnType): string => typeName(typeRules, type);

/** As the manifest has it: `decimal(38,2)`, `varchar`, …; see `typeOf` in type-text.ts. */
export const manifestType = describeType;
