/**
 * A file of a BATCH message whose rows a database can read itself: canonical CSV, with all that its statement needs. Whether its values fit
 * the schema follows from their form, so no row has to be checked.
 */
import type { BatchMessage, JsonSchema } from "@tapline/protocol";
import { cellCheck } from "../cells/checks.ts";
import { cellKind } from "../cells/chunk.ts";
import { isMetadataColumn, type MetadataClock } from "../metadata.ts";
import { linesOf } from "./record-lines.ts";

/** What the cells of a column are; `scale`: digits of a decimal after the point, at most. */
export interface FileColumn {
  name: string;
  kind: "text" | "integer" | "decimal" | "boolean" | "date" | "date-time";
  scale: number;
  /** Some cell is null. */
  hasNulls: boolean;
}

export interface RowFile {
  /** Without links. */
  readonly path: string;
  readonly byteLength: number;
  readonly rows: number;
  /** Of each cell of a row; null: the cell is left out. */
  readonly columns: readonly (FileColumn | null)[];
  /** One byte each. A quote in a quoted cell is doubled. */
  readonly delimiter: string;
  readonly quote: string | null;
  readonly lineEnd: "\n" | "\r\n";
  /** Where a row of the file, numbered from 0, was in the source that people know. */
  placeOf(row: number): { file: string; line: number };
}

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
  if (format !== "csv" || canonical !== true || rows === undefined || nulls === undefined) return undefined;
  if (Buffer.byteLength(delimiter) !== 1 || (quote !== null && Buffer.byteLength(quote) !== 1)) return undefined;
  const isOfRow = [schema.enum, schema.const, schema.anyOf, schema.oneOf, schema.allOf].some((keyword) => keyword !== undefined);
  if (validate && (isOfRow || (schema.required ?? []).some((name) => !names.includes(name)))) return undefined;
  const columns: (FileColumn | null)[] = [];
  for (const name of names) {
    const column = name === null ? null : fileColumn(name, schema.properties?.[name], nulls.includes(name), validate);
    if (column === undefined) return undefined;
    columns.push(column);
  }
  const placeOf = (row: number) => ({ file: source?.file ?? path, line: linesOf({ ...(source && { source }) })(row, row + 1) });
  return { path, byteLength, rows, columns, delimiter, quote, lineEnd, placeOf };
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
  if (schema === undefined || isMetadataColumn(name) || name in Object.prototype) return undefined;
  const found = kindOf(schema);
  if (found === undefined) return undefined;
  const { accepted } = cellCheck(validate ? schema : undefined);
  const { text, escaped, false: no, true: yes, number } = cellKind;
  const needed = {
    text: [text, escaped],
    date: [text],
    "date-time": [text],
    boolean: [no, yes],
    integer: [number],
    decimal: Array.from({ length: Math.min(found.scale, 15) + 1 }, (_, scale) => number + scale),
  }[found.kind];
  const areAccepted = [...needed, ...(hasNulls ? [cellKind.null] : [])].every((kind) => accepted[kind] === 1);
  return areAccepted ? { name, ...found, hasNulls } : undefined;
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
