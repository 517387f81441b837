/** The types that a stream's columns have while it is read: from the schema, the catalog's formats and the settings; wider ones as values ask for them. */
import { type JsonSchema, type MetadataEntry, metadataAt } from "@tapline/sdk";
import { type ColumnType, columnType, schemaOf } from "./column-type.ts";
import type { InferredType } from "./infer.ts";
import { decimalShape, maxDecimalDigits } from "./recognize.ts";
import type { Typing } from "./type-settings.ts";
import { canonical, valueFormat } from "./value-format.ts";

const formatKey = "tap-csv.format";
const evidenceKey = "tap-csv.evidence";

/** What the catalog keeps of a column: how its values are written, and why it has its type. */
export function columnMetadata(name: string, { format, evidence }: InferredType): MetadataEntry {
  const metadata = { ...(format === undefined ? {} : { [formatKey]: format }), [evidenceKey]: evidence };
  return { breadcrumb: ["properties", name], metadata };
}

/** The type that settings give a column, said as if it were guessed; undefined when they say nothing. */
export function typeSet(name: string, { columns }: Typing): InferredType | undefined {
  const type = columns.get(name);
  if (type === undefined) return undefined;
  const { kind, scale, format } = type;
  return {
    kind,
    scale,
    schema: schemaOf(type),
    ...(format === undefined ? {} : { format: format.text }),
    evidence: "by the setting columns",
  };
}

export interface ColumnTypesOptions {
  typing: Typing;
  /** The types come from a catalog, not from looking at these files. */
  isGiven: boolean;
  replicationKey: string | undefined;
}

export class ColumnTypes {
  readonly #typing: Typing;
  readonly #isGiven: boolean;
  readonly #replicationKey: string | undefined;
  readonly #metadata: { metadata: MetadataEntry[] };
  readonly #widened = new Map<string, ColumnType>();

  constructor(metadata: readonly MetadataEntry[], { typing, isGiven, replicationKey }: ColumnTypesOptions) {
    this.#typing = typing;
    this.#isGiven = isGiven;
    this.#replicationKey = replicationKey;
    this.#metadata = { metadata: [...metadata] };
  }

  /** `schema`: the column's, as it is now. */
  of(name: string, schema: JsonSchema | undefined): ColumnType {
    const { nulls, zone, columns } = this.#typing;
    const type = columnType(schema);
    const text = columns.get(name)?.format?.text ?? metadataAt(this.#metadata, ["properties", name])[formatKey];
    const format =
      this.#widened.get(name)?.format ??
      (typeof text === "string" && type.kind !== "string" ? valueFormat(type.kind, text, zone) : undefined);
    const isFormatted = format !== undefined && type.kind !== "string";
    return { ...type, ...(isFormatted ? { format } : {}), ...(nulls.length === 0 ? {} : { nulls }) };
  }

  /** What happens at a value that isn't of the column's type. A replication key keeps its type, for bookmarks are compared by it. */
  onBreak(name: string): "fail" | "reject" | "widen" {
    const wanted = this.#typing.onBreak ?? (this.#isGiven ? "fail" : "widen");
    return wanted === "widen" && (this.#typing.columns.has(name) || name === this.#replicationKey) ? "fail" : wanted;
  }

  /** The column's new schema, in which the value in [start, end) fits as all before it did. */
  widen(name: string, schema: JsonSchema | undefined, bytes: Uint8Array, start: number, end: number): JsonSchema {
    const { type: _, format: __, multipleOf: ___, ...rest } = schema ?? {};
    const wider = widerType(this.of(name, schema), bytes, start, end);
    this.#widened.set(name, wider);
    return { ...rest, ...schemaOf(wider) };
  }
}

/** Integers and decimals become decimals with room for the value; all else becomes text. */
export function widerType(type: ColumnType, bytes: Uint8Array, start: number, end: number): ColumnType {
  const scale = decimalScale(type, bytes, start, end);
  if (scale > type.scale) return { ...type, kind: "decimal", scale };
  const { format: _, ...text } = type;
  return { ...text, kind: "string", scale: 0 };
}

/** Digits after the point of a value that a decimal of the column can be; -1 for others. The whole digits of int64 must keep their room. */
function decimalScale({ kind, format }: ColumnType, bytes: Uint8Array, start: number, end: number): number {
  if (kind !== "integer" && kind !== "decimal") return -1;
  const isDecimal = (input: Uint8Array, from: number, to: number): boolean => decimalShape(input, from, to) >= 0;
  const value = format === undefined ? bytes.subarray(start, end) : canonical(format, bytes, start, end, isDecimal);
  const shape = value === undefined ? -1 : decimalShape(value, 0, value.length);
  const scale = shape & 0xffff;
  return shape < 0 || scale > maxDecimalDigits - int64Digits || shape >> 16 > int64Digits ? -1 : scale;
}

const int64Digits = 19;
