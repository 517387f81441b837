/** DuckDB's column types, and SQL that turns values of one into those of another. Pure. */
import {
  type ColumnType,
  isNumber,
  quoteName,
  quoteText,
  type Shape,
  type SimpleKind,
  sameType,
  shapeOf,
  type TypeSpelling,
  typeName,
} from "@tapline/columns";

export const spelling = {
  spellings: {
    boolean: "BOOLEAN",
    smallint: "SMALLINT",
    integer: "INTEGER",
    bigint: "BIGINT",
    hugeint: "HUGEINT",
    real: "FLOAT",
    double: "DOUBLE",
    numeric: null,
    varchar: "VARCHAR",
    date: "DATE",
    time: "TIME",
    timestamp: "TIMESTAMP",
    timestamptz: "TIMESTAMP WITH TIME ZONE",
    interval: "INTERVAL",
    uuid: "UUID",
    binary: "BLOB",
    json: "JSON",
  },
  decimal: (precision, scale) => `DECIMAL(${precision},${scale})`,
  list: (element) => `${element}[]`,
  struct: (fields) => `STRUCT(${fields.map(([name, type]) => `${quoteName(name)} ${type}`).join(", ")})`,
} as const satisfies TypeSpelling;

const kinds = new Map<string | null, SimpleKind | "varchar">(
  Object.entries(spelling.spellings).map(([kind, spelled]) => [spelled, kind as SimpleKind | "varchar"]),
);

/** The type that DuckDB spells so; null for one that no column of ours has. */
export function typeOf(spelled: string): ColumnType | null {
  const kind = kinds.get(spelled);
  if (kind !== undefined) return { kind };
  if (spelled === "TIMESTAMP_S") return { kind: "timestamp", fractionDigits: 0 };
  if (spelled === "TIMESTAMP_MS") return { kind: "timestamp", fractionDigits: 3 };
  if (spelled.startsWith("ENUM(")) return { kind: "varchar", labels: labelsOf(spelled) };
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(spelled);
  return decimal === null ? null : { kind: "decimal", precision: Number(decimal[1]), scale: Number(decimal[2]) };
}

/** ENUM('a', 'it''s'). */
function labelsOf(spelled: string): string[] {
  return [...spelled.matchAll(/'((?:[^']|'')*)'/g)].map(([, label = ""]) => label.replaceAll("''", "'"));
}

/** Numbers are cast through their text: a cast from a double to a decimal would round. */
export function convert(column: string, from: ColumnType, to: ColumnType): string {
  const type = typeName(spelling, to);
  const [own, wished] = [shapeOf(from), shapeOf(to)];
  if (wished !== undefined) return own === undefined ? `CAST(NULL AS ${type})` : convertShape(column, own, wished);
  if (own !== undefined) return to.kind === "json" ? shapeAsJson(column, own) : `CAST(${shapeAsJson(column, own)} AS VARCHAR)`;
  if (to.kind === "json") return asJson(column, from);
  if (to.kind === "varchar") return asText(column, from);
  if (from.kind === "date" && to.kind === "timestamptz") return `${column}::TIMESTAMP AT TIME ZONE 'UTC'`;
  return isFloating(from) ? `CAST(CAST(${column} AS VARCHAR) AS ${type})` : `CAST(${column} AS ${type})`;
}

function isFloating({ kind }: ColumnType): boolean {
  return kind === "double" || kind === "real";
}

/** As the stream would spell them: a point has a digit before it and need not have one after it; instants end with Z. */
function asText(column: string, from: ColumnType): string {
  const text = `CAST(${column} AS VARCHAR)`;
  if (isFloating(from))
    return `CASE ${text} WHEN 'nan' THEN 'NaN' WHEN 'inf' THEN 'Infinity' WHEN '-inf' THEN '-Infinity' ELSE system.main.regexp_replace(${text}, '\\.0$', '') END`;
  if (from.kind === "decimal") return `system.main.regexp_replace(${text}, '^(-?)\\.', '\\10.')`;
  if (from.kind !== "timestamptz" && from.kind !== "timestamp") return text;
  const utc = from.kind === "timestamptz" ? `${column} AT TIME ZONE 'UTC'` : column;
  return `strftime(${utc}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
}

/** Parts that are new are NULL. */
function convertShape(column: string, own: Shape, wished: Shape): string {
  const part = (from: ColumnType, to: ColumnType, of: string): string => (sameType(from, to) ? of : convert(of, from, to));
  if ("list" in own && "list" in wished) return eachOf(column, (each) => part(own.list, wished.list, each));
  if ("list" in own || "list" in wished) throw new Error("a list never becomes a struct");
  const fields = wished.struct.map(({ name, type }) => {
    const present = own.struct.find((field) => field.name === name);
    return `${quoteName(name)} := ${present === undefined ? `CAST(NULL AS ${typeName(spelling, type)})` : part(present.type, type, fieldOf(column, name))}`;
  });
  return `CASE WHEN ${column} IS NULL THEN NULL ELSE struct_pack(${fields.join(", ")}) END`;
}

/** Fields without a value are null. */
function shapeAsJson(column: string, shape: Shape): string {
  const part = (type: ColumnType, of: string): string => {
    const inner = shapeOf(type);
    return inner === undefined ? asJson(of, type) : shapeAsJson(of, inner);
  };
  if ("list" in shape) return `to_json(${eachOf(column, (each) => part(shape.list, each))})`;
  const fields = shape.struct.map(({ name, type }) => `${quoteText(name)}, ${part(type, fieldOf(column, name))}`);
  return `CASE WHEN ${column} IS NULL THEN NULL ELSE json_object(${fields.join(", ")}) END`;
}

const fieldOf = (column: string, name: string): string => `struct_extract(${column}, ${quoteText(name)})`;

let lambdas = 0;

function eachOf(column: string, made: (each: string) => string): string {
  const each = `_tapline_each_${++lambdas}`;
  return `list_transform(${column}, lambda ${each}: ${made(each)})`;
}

/** NaN and infinities become text, because JSON has no numbers for them. */
function asJson(column: string, from: ColumnType): string {
  const text = asText(column, from);
  if (from.kind === "json") return column;
  if (from.kind === "binary") return `to_json(base64(${column}))`;
  if (from.kind === "boolean" || from.kind === "varchar") return `to_json(${column})`;
  if (isFloating(from)) return `CASE WHEN isfinite(${column}) THEN CAST(${text} AS JSON) ELSE to_json(${text}) END`;
  return isNumber(from) ? `CAST(${text} AS JSON)` : `to_json(${text})`;
}
