/**
 * A file of a BATCH message whose rows a database can read itself: canonical CSV or PostgreSQL's binary COPY, with all that its statement needs.
 * Whether its values fit the schema follows from their form, so no row has to be checked.
 */
import type { BatchMessage, JsonSchema } from "@tapline/protocol";
import type { PgType } from "../../pgcopy/form.ts";
import { cellCheck } from "../cells/checks.ts";
import { cellKind } from "../cells/chunk.ts";
import { isMetadataColumn, type MetadataClock } from "../metadata.ts";
import { pgColumns } from "./pgcopy-file.ts";
import { linesOf } from "./record-lines.ts";

/** What the cells of a column are; `scale`: digits of a decimal after the point, at most. */
export interface FileColumn {
  name: string;
  kind: "text" | "integer" | "decimal" | "boolean" | "date" | "date-time";
  scale: number;
  /** Some cell is null. */
  hasNulls: boolean;
}

interface FileParts {
  /** Without links. */
  readonly path: string;
  readonly byteLength: number;
  readonly rows: number;
  /** Where a row of the file, numbered from 0, was in the source that people know. */
  placeOf(row: number): { file: string; line: number };
}

export interface CsvFile extends FileParts {
  readonly format: "csv";
  /** Of each cell of a row; null: the cell is left out. */
  readonly columns: readonly (FileColumn | null)[];
  /** One byte each. A quote in a quoted cell is doubled. */
  readonly delimiter: string;
  readonly quote: string | null;
  readonly lineEnd: "\n" | "\r\n";
}

/** `digits`: of a numeric whose schema declares them. */
export interface PgFileColumn {
  name: string;
  type: PgType;
  digits: { precision: number; scale: number } | undefined;
  /** Some value is null. */
  hasNulls: boolean;
}

export interface PgcopyFile extends FileParts {
  readonly format: "pgcopy";
  /** Of each value of a row. */
  readonly columns: readonly PgFileColumn[];
}

export type RowFile = CsvFile | PgcopyFile;

/** The `_sdc_` columns of a file's rows: the same values for all, but `_sdc_sequence`, which is `sequence` for the first row and rises by one. */
export interface FileMetadata {
  readonly values: ReadonlyMap<string, unknown>;
  readonly sequence: number;
}

/** @param schema a resolved one. Undefined where the rows must be read as records */
export function rowFileOf(
  { encoding, files = [] }: BatchMessage,
  index: number,
  { path, byteLength }: Pick<RowFile, "path" | "byteLength">,
  schema: JsonSchema,
  validate: boolean,
): RowFile | undefined {
  const { format, canonical, columns: names = [], delimiter = ",", quote = '"', line_end: lineEnd = "\n" } = encoding;
  const { rows, nulls, source } = files[index] ?? {};
  if (rows === undefined || nulls === undefined) return undefined;
  const isOfRow = [schema.enum, schema.const, schema.anyOf, schema.oneOf, schema.allOf].some((keyword) => keyword !== undefined);
  if (validate && (isOfRow || (schema.required ?? []).some((name) => !names.includes(name)))) return undefined;
  const placeOf = (row: number) => ({ file: source?.file ?? path, line: linesOf({ ...(source && { source }) })(row, row + 1) });
  const parts: FileParts = { path, byteLength, rows, placeOf };
  const propertyOf = (name: string): JsonSchema | undefined =>
    isMetadataColumn(name) || name in Object.prototype ? undefined : schema.properties?.[name];
  if (format === "pgcopy") {
    const columns = pgColumns(encoding)?.map(({ name, type }) =>
      pgFileColumn({ name, type, hasNulls: nulls.includes(name) }, propertyOf(name), validate),
    );
    return columns?.every((column) => column !== undefined) ? { ...parts, format, columns } : undefined;
  }
  if (format !== "csv" || canonical !== true) return undefined;
  if (Buffer.byteLength(delimiter) !== 1 || (quote !== null && Buffer.byteLength(quote) !== 1)) return undefined;
  const columns: (FileColumn | null)[] = [];
  for (const name of names) {
    const column = name === null ? null : fileColumn(name, propertyOf(name), nulls.includes(name), validate);
    if (column === undefined) return undefined;
    columns.push(column);
  }
  return { ...parts, format, columns, delimiter, quote, lineEnd };
}

export function fileMetadata(
  clock: MetadataClock,
  rows: number,
  receivedAt: string,
  { time_extracted: time, version }: BatchMessage,
): () => FileMetadata {
  let taken: FileMetadata | undefined;
  const take = (): FileMetadata => {
    const row: Record<string, unknown> = {};
    const sequence = clock.take(rows);
    clock.add(row, { time_extracted: time, version }, { receivedAt, batchedAt: receivedAt, sequence });
    delete row._sdc_sequence;
    return { values: new Map(Object.entries(row)), sequence };
  };
  return () => (taken ??= take());
}

/** Undefined where a value may not fit the property, or has no canonical form. */
function fileColumn(name: string, schema: JsonSchema | undefined, hasNulls: boolean, validate: boolean): FileColumn | undefined {
  const found = schema && kindOf(schema);
  if (schema === undefined || found === undefined) return undefined;
  const numbers = Array.from({ length: Math.min(found.scale, 15) + 1 }, (_, scale) => number + scale);
  const needed = { ...cellsOf, integer: [number], decimal: numbers }[found.kind];
  return accepts(schema, needed, hasNulls, validate) ? { name, ...found, hasNulls } : undefined;
}

/** The same for a column of PostgreSQL's binary COPY, whose type the tap names. */
function pgFileColumn(column: Omit<PgFileColumn, "digits">, schema: JsonSchema | undefined, validate: boolean): PgFileColumn | undefined {
  const found = schema && pgTypeOf(schema);
  if (schema === undefined || found?.type !== column.type) return undefined;
  if (column.type === "json") return !validate || isFree(schema) ? { ...column, digits: undefined } : undefined;
  const needed: Record<Exclude<PgType, "json">, number[]> = {
    ...{ bool: cellsOf.boolean, int8: [number], numeric: Array.from({ length: 16 }, (_, scale) => number + scale), text: cellsOf.text },
    ...{ date: [text], time: [text], timestamptz: [text], uuid: [text], bytea: [text] },
  };
  return accepts(schema, needed[column.type], column.hasNulls, validate) ? { ...column, digits: found.digits } : undefined;
}

const { text, escaped, false: no, true: yes, number } = cellKind;
const cellsOf = { text: [text, escaped], date: [text], "date-time": [text], boolean: [no, yes] };

function accepts(schema: JsonSchema, needed: readonly number[], hasNulls: boolean, validate: boolean): boolean {
  const { accepted } = cellCheck(validate ? schema : undefined);
  return [...needed, ...(hasNulls ? [cellKind.null] : [])].every((kind) => accepted[kind] === 1);
}

/** Whether any value fits, or any list, or any object. */
function isFree(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => keyword === "type" || keyword === "description" || keyword === "title");
}

function pgTypeOf(schema: JsonSchema): Pick<PgFileColumn, "type" | "digits"> | undefined {
  const { type, format, contentEncoding, multipleOf, precision, scale } = schema;
  const [only, ...others] = [type ?? []].flat().filter((each) => each !== "null");
  const plain = (found: PgType): Pick<PgFileColumn, "type" | "digits"> => ({ type: found, digits: undefined });
  if (others.length > 0) return undefined;
  if (only === undefined || only === "array" || only === "object") return plain("json");
  if (only === "integer") return plain("int8");
  if (only === "boolean") return plain("bool");
  if (only === "number") {
    if (multipleOf !== undefined) return undefined;
    const isDeclared = schema["x-singer.decimal"] === true && typeof precision === "number" && typeof scale === "number";
    if (schema["x-singer.decimal"] !== undefined && !isDeclared) return undefined;
    return { type: "numeric", digits: isDeclared ? { precision, scale } : undefined };
  }
  if (only !== "string" || schema["x-singer.decimal"] !== undefined) return undefined;
  if (contentEncoding === "base64") return plain("bytea");
  if (format === "date" || format === "time" || format === "uuid") return plain(format);
  return plain(format === "date-time" ? "timestamptz" : "text");
}

function kindOf({ type, format, multipleOf }: JsonSchema): Pick<FileColumn, "kind" | "scale"> | undefined {
  const types = [type ?? []].flat().filter((each) => each !== "null");
  if (types.length !== 1) return undefined;
  if (types[0] === "integer") return { kind: "integer", scale: 0 };
  if (types[0] === "boolean") return { kind: "boolean", scale: 0 };
  if (types[0] === "number") {
    const digits = /^1e-?(\d+)$/.exec(typeof multipleOf === "number" ? multipleOf.toExponential() : "");
    const scale = digits === null || (multipleOf as number) > 1 ? -1 : Number(digits[1]);
    return scale < 0 || scale > 18 ? undefined : { kind: "decimal", scale };
  }
  if (types[0] !== "string") return undefined;
  if (format === "date" || format === "date-time") return { kind: format, scale: 0 };
  return format === "time" ? undefined : { kind: "text", scale: 0 };
}
