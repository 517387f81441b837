/**
 * What each type of PostgreSQL is on the wire: the schema of its values, the SQL that reads them, and how their COPY text becomes JSON.
 * It is the inverse of target-postgres' map: a table that goes through both is the same table. Types that are not listed are text, as the
 * server writes it. Pure.
 */
import type { CopyForm } from "@tapline/postgres";
import type { JsonSchema } from "@tapline/sdk";
import type { CursorKind } from "@tapline/sql-tap";

/** A column's type as the catalog has it: a domain's is that of the type below it. */
export interface FoundType {
  /** pg_type.typname, and the schema it is in. */
  name: string;
  schema: string;
  /** pg_type.typtype and typcategory: e for enums, c for composites, A for arrays, … */
  kind: string;
  category: string;
  modifier: number;
}

export interface WireType {
  property: JsonSchema;
  form: CopyForm;
  /** Reads the column, whose quoted name it is given. Default: the column itself. */
  read?: (column: string) => string;
  /** What the column is from the first value on that does not have the form. */
  wider?: { property: JsonSchema; form: CopyForm };
  cursor?: CursorKind;
  /** Nothing is known of the type: its text is sent. */
  isUnknown?: boolean;
}

const text: WireType = { property: { type: "string" }, form: "text", cursor: "other" };
const word: WireType = { property: { type: "string" }, form: "word" };
const json: WireType = { property: {}, form: "json" };
const integer: WireType = { property: { type: "integer" }, form: "bare", cursor: "number" };
const number: WireType = { property: { type: "number" }, form: "bare", cursor: "number" };
const asJson = (column: string): string => `to_json(${column})`;

const time = (format: string, form: CopyForm, cursor: CursorKind): WireType => ({
  property: { type: "string", format },
  form,
  wider: { property: { type: "string" }, form: "word" },
  cursor,
});

/** Types of the server itself, by name. */
const builtIn: Readonly<Record<string, WireType>> = {
  bool: { property: { type: "boolean" }, form: "boolean" },
  int2: integer,
  int4: integer,
  int8: integer,
  oid: { ...integer, cursor: "other" },
  float4: number,
  float8: number,
  text,
  varchar: text,
  bpchar: text,
  name: text,
  char: text,
  uuid: { property: { type: "string", format: "uuid" }, form: "word", cursor: "other" },
  date: time("date", "date", "time"),
  timestamp: time("date-time", "timestamp", "time"),
  timestamptz: time("date-time", "timestamptz", "time"),
  time: { property: { type: "string", format: "time" }, form: "word" },
  timetz: word,
  interval: word,
  json,
  jsonb: json,
  bytea: {
    property: { type: "string", contentEncoding: "base64" },
    form: "word",
    read: (column) => `translate(encode(${column}, 'base64'), E'\\n', '')`,
  },
  bit: word,
  varbit: word,
  inet: word,
  cidr: word,
  macaddr: word,
  macaddr8: word,
  point: word,
  line: word,
  lseg: word,
  box: word,
  path: word,
  polygon: word,
  circle: word,
  pg_lsn: { ...word, cursor: "other" },
  xid: word,
  xid8: word,
  xml: { property: { type: "string" }, form: "text" },
  tsvector: { property: { type: "string" }, form: "text" },
  tsquery: { property: { type: "string" }, form: "text" },
  jsonpath: { property: { type: "string" }, form: "text" },
};

export interface TypeOptions {
  /** Digits after the point of the type money, which depend on the server's lc_monetary. */
  moneyScale: number;
  datesAsText: boolean;
}

export function wireType(type: FoundType, { moneyScale, datesAsText }: TypeOptions): WireType {
  const { name, schema, kind, category, modifier } = type;
  if (category === "A") return { property: { type: "array" }, form: "json", read: asJson };
  if (kind === "c") return { property: { type: "object" }, form: "json", read: asJson };
  if (kind === "e") return { property: { type: "string" }, form: "text" };
  if (kind === "r" || kind === "m") return { property: { type: "string" }, form: "text" };
  if (schema !== "pg_catalog") return extensionType(name);
  if (name === "numeric") return numeric(modifier);
  if (name === "money") return { ...decimal(19, moneyScale), read: (column) => `${column}::numeric` };
  const known = builtIn[name];
  if (known === undefined) return { property: { type: "string" }, form: "text", isUnknown: true };
  return datesAsText && known.wider !== undefined ? { ...known, ...known.wider } : known;
}

/** By name, for an extension's schema is the choice of whoever made it. */
function extensionType(name: string): WireType {
  switch (name) {
    case "hstore":
      // Its cast to json is part of the extension, and makes an object of texts.
      return { property: { type: "object" }, form: "json", read: asJson };
    case "citext":
      return text;
    case "vector":
    case "halfvec":
      // "[1,2,3]" is a JSON array.
      return { property: { type: "array", items: { type: "number" } }, form: "bare" };
    case "sparsevec":
    case "ltree":
      return { property: { type: "string" }, form: "text" };
    default:
      return { property: { type: "string" }, form: "text", isUnknown: true };
  }
}

/** Precision and scale are in the modifier: (precision << 16 | scale in 11 bits with a sign) + 4. Source: numeric.c, numeric_typmod_scale. */
function numeric(modifier: number): WireType {
  if (modifier < 4) return number;
  const bits = modifier - 4;
  const precision = (bits >> 16) & 0xffff;
  const scale = ((bits & 0x7ff) ^ 1024) - 1024;
  // Digits are rounded before the point, or all are zeros after it: schemas can't say that.
  return scale < 0 || scale > precision ? number : decimal(precision, scale);
}

/** It may hold NaN, which such a schema does not allow. */
function decimal(precision: number, scale: number): WireType {
  return {
    property: { type: "number", "x-singer.decimal": true, precision, scale },
    form: "finite",
    wider: { property: { type: "number" }, form: "bare" },
    cursor: "number",
  };
}
