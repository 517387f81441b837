/**
 * What each type of PostgreSQL is on the wire: the schema of its values, the SQL that reads them, and how their COPY text becomes JSON.
 * It is the inverse of target-postgres' map: a table that goes through both is the same table. Types that are not listed are text, as the
 * server writes it. Pure.
 */
import type { CopyForm } from "@tapline/postgres";
import type { JsonSchema, PgType } from "@tapline/sdk";
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
  /** The same values in COPY's binary format, for files. Undefined: a table with such a column is sent as records. */
  binary: BinaryForm | undefined;
  /** What the column is from the first value on that does not have the form. */
  wider?: Pick<WireType, "property" | "form" | "binary">;
  cursor?: CursorKind;
  /** Nothing is known of the type: its text is sent. */
  isUnknown?: boolean;
}

export interface BinaryForm {
  type: PgType;
  /** Reads the column, whose quoted name it is given. Default: the column itself. */
  read?: (column: string) => string;
  /** JSON that jsonb may refuse, or not keep as it is. */
  isLoose?: true;
}

const cast =
  (type: string) =>
  (column: string): string =>
    `${column}::${type}`;
/** What COPY itself writes; the cast of some types says something else. */
const output =
  (type: string) =>
  (column: string): string =>
    `textin(${type}_out(${column}))`;
const asJson = (column: string): string => `to_json(${column})`;

const asText: BinaryForm = { type: "text", read: cast("text") };
const asLooseJson: BinaryForm = { type: "json", read: (column) => `${asJson(column)}::text`, isLoose: true };
const text: WireType = { property: { type: "string" }, form: "text", cursor: "other", binary: { type: "text" } };
const spelled: WireType = { property: { type: "string" }, form: "text", binary: asText };
const word: WireType = { property: { type: "string" }, form: "word", binary: asText };
const json: WireType = { property: {}, form: "json", binary: { ...asText, type: "json" } };
const integer: WireType = { property: { type: "integer" }, form: "bare", cursor: "number", binary: { type: "int8", read: cast("int8") } };
const number: WireType = { property: { type: "number" }, form: "bare", cursor: "number", binary: { type: "numeric" } };
/** A cast of the number itself would round it to 15 digits. */
const float: WireType = { ...number, binary: { type: "numeric", read: cast("text::numeric") } };

const time = (format: string, form: CopyForm & PgType, cursor: CursorKind): WireType => ({
  property: { type: "string", format },
  form,
  wider: { property: { type: "string" }, form: "word", binary: asText },
  cursor,
  binary: { type: form },
});

/** Types of the server itself, by name. */
const builtIn: Readonly<Record<string, WireType>> = {
  bool: { property: { type: "boolean" }, form: "boolean", binary: { type: "bool" } },
  int2: integer,
  int4: integer,
  int8: integer,
  oid: { ...integer, cursor: "other" },
  float4: float,
  float8: float,
  text,
  varchar: text,
  bpchar: text,
  name: text,
  char: { ...text, binary: asText },
  uuid: { property: { type: "string", format: "uuid" }, form: "word", cursor: "other", binary: { type: "uuid" } },
  date: time("date", "date", "time"),
  timestamp: { ...time("date-time", "timestamptz", "time"), form: "timestamp" },
  timestamptz: time("date-time", "timestamptz", "time"),
  time: { property: { type: "string", format: "time" }, form: "word", binary: { type: "time" } },
  timetz: word,
  interval: word,
  json: { ...json, binary: { ...asText, type: "json", isLoose: true } },
  jsonb: json,
  bytea: {
    property: { type: "string", contentEncoding: "base64" },
    form: "word",
    binary: { type: "bytea" },
    read: (column) => `translate(encode(${column}, 'base64'), E'\\n', '')`,
  },
  bit: word,
  varbit: word,
  inet: { ...word, binary: { type: "text", read: output("inet") } },
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
  xml: { ...spelled, binary: { type: "text", read: output("xml") } },
  tsvector: spelled,
  tsquery: spelled,
  jsonpath: spelled,
};

export interface TypeOptions {
  /** Digits after the point of the type money, which depend on the server's lc_monetary. */
  moneyScale: number;
  datesAsText: boolean;
}

export function wireType(type: FoundType, { moneyScale, datesAsText }: TypeOptions): WireType {
  const { name, schema, kind, category, modifier } = type;
  if (category === "A") return { property: { type: "array" }, form: "json", read: asJson, binary: asLooseJson };
  if (kind === "c") return { property: { type: "object" }, form: "json", read: asJson, binary: asLooseJson };
  if (kind === "e" || kind === "r" || kind === "m") return spelled;
  if (schema !== "pg_catalog") return extensionType(name);
  if (name === "numeric") return numeric(modifier);
  if (name === "money") return { ...decimal(19, moneyScale), read: cast("numeric"), binary: { type: "numeric", read: cast("numeric") } };
  const known = builtIn[name];
  if (known === undefined) return { property: { type: "string" }, form: "text", isUnknown: true, binary: undefined };
  return datesAsText && known.wider !== undefined ? { ...known, ...known.wider } : known;
}

/** By name, for an extension's schema is the choice of whoever made it. */
function extensionType(name: string): WireType {
  switch (name) {
    case "hstore":
      // Its cast to json is part of the extension, and makes an object of texts.
      return { property: { type: "object" }, form: "json", read: asJson, binary: asLooseJson };
    case "citext":
      return { ...text, binary: asText };
    case "vector":
    case "halfvec":
      // "[1,2,3]" is a JSON array.
      return { property: { type: "array", items: { type: "number" } }, form: "bare", binary: undefined };
    case "sparsevec":
    case "ltree":
      return { ...spelled, binary: undefined };
    default:
      return { property: { type: "string" }, form: "text", isUnknown: true, binary: undefined };
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
    wider: { property: { type: "number" }, form: "bare", binary: { type: "numeric" } },
    cursor: "number",
    binary: { type: "numeric" },
  };
}
