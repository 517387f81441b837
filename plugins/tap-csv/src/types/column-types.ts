/** The types of a stream's columns while it is read: from the schema, the formats in the catalog and the settings, and widened when a value needs it. */
import { type JsonSchema, type MetadataEntry, metadataAt } from "@tapline/sdk";
import type { ColumnKind } from "./column-kind.ts";
import { type ColumnType, canonicalWriter, columnType, schemaOf } from "./column-type.ts";
import type { InferredType } from "./inferred-type.ts";
import { decimalShape, maxDecimalDigits } from "./recognize.ts";
import type { Typing } from "./type-settings.ts";
import { canonical, valueFormat } from "./value-format.ts";

const formatKey = "tap-csv.format";
const evidenceKey = "tap-csv.evidence";

/** The catalog metadata of a column: the format of its values and the reason for its type. */
export function columnMetadata(name: string, { format, evidence }: InferredType): MetadataEntry {
  const metadata = { ...(format === undefined ? {} : { [formatKey]: format }), [evidenceKey]: evidence };
  return { breadcrumb: ["properties", name], metadata };
}

/** The type of a column from the setting `columns`; undefined when it is not set there. */
export function configuredType(name: string, { columns }: Typing): InferredType | undefined {
  const type = columns.get(name);
  if (type === undefined) return undefined;
  const { kind, scale, format } = type;
  return {
    kind,
    scale,
    schema: schemaOf(type),
    ...(format === undefined ? {} : { format: format.text }),
    evidence: "set in columns",
  };
}

/** The type from the settings, else the detected one. A type that is set without a format reads the format that was detected. */
export function chosenType(set: InferredType | undefined, detected: InferredType | undefined): InferredType | undefined {
  if (set === undefined) return detected;
  if (set.format !== undefined || detected?.format === undefined) return set;
  const areAlike = set.kind === detected.kind || (isNumeric(set.kind) && isNumeric(detected.kind));
  return areAlike ? { ...set, format: detected.format } : set;
}

const isNumeric = (kind: ColumnKind): boolean => kind === "integer" || kind === "decimal" || kind === "number";

export interface ColumnTypesOptions {
  typing: Typing;
  /** The types come from a catalog, not from these files. */
  hasCatalog: boolean;
  replicationKey: string | undefined;
  /** The types were detected from all rows already (`infer: full`). */
  infersAll: boolean;
}

export class ColumnTypes {
  readonly infersAll: boolean;
  readonly #typing: Typing;
  readonly #hasCatalog: boolean;
  readonly #replicationKey: string | undefined;
  readonly #metadata: { metadata: MetadataEntry[] };
  readonly #widened = new Map<string, ColumnType>();

  constructor(metadata: readonly MetadataEntry[], { typing, hasCatalog, replicationKey, infersAll }: ColumnTypesOptions) {
    this.infersAll = infersAll;
    this.#typing = typing;
    this.#hasCatalog = hasCatalog;
    this.#replicationKey = replicationKey;
    this.#metadata = { metadata: [...metadata] };
  }

  /** `schema`: the current schema of the column. */
  of(name: string, schema: JsonSchema | undefined): ColumnType {
    const { nulls, zone, columns } = this.#typing;
    const type = columnType(schema);
    const text = columns.get(name)?.format?.text ?? metadataAt(this.#metadata, ["properties", name])[formatKey];
    const format =
      this.#widened.get(name)?.format ??
      (typeof text === "string" && type.kind !== "string" ? valueFormat(type.kind, text, zone) : undefined);
    const isFormatted = format !== undefined && type.kind !== "string";
    const was = type.kind === "string" ? this.#widened.get(name)?.was : undefined;
    return { ...type, ...(isFormatted ? { format } : {}), ...(was && { was }), ...(nulls.length === 0 ? {} : { nulls }) };
  }

  /** What to do with a value that does not fit the type. A replication key is never widened, because bookmarks are compared by its type. */
  onBreak(name: string): "fail" | "reject" | "widen" {
    const wanted = this.#typing.onBreak ?? (this.#hasCatalog ? "fail" : "widen");
    return wanted === "widen" && (this.#typing.columns.has(name) || name === this.#replicationKey) ? "fail" : wanted;
  }

  /** Returns a new schema for the column that fits the value in [start, end) and all values before it. */
  widen(name: string, schema: JsonSchema | undefined, bytes: Uint8Array, start: number, end: number): JsonSchema {
    const { type: _, format: __, multipleOf: ___, ...rest } = schema ?? {};
    const wider = widerType(this.of(name, schema), bytes, start, end);
    this.#widened.set(name, wider);
    return { ...rest, ...schemaOf(wider) };
  }
}

/** Integers and decimals become decimals that fit the value; all other types become text. */
export function widerType(type: ColumnType, bytes: Uint8Array, start: number, end: number): ColumnType {
  const scale = decimalScale(type, bytes, start, end);
  if (scale > type.scale) return { ...type, kind: "decimal", scale };
  const { format: _, nulls: __, ...text } = type;
  const { nulls: ___, ...was } = type;
  return { ...text, kind: "string", scale: 0, was };
}

/** The scale a decimal needs for the value, or -1 when no decimal fits. It must leave room for the 19 integer digits of int64. */
function decimalScale(type: ColumnType, bytes: Uint8Array, start: number, end: number): number {
  if (type.kind !== "integer" && type.kind !== "decimal") return -1;
  const isDecimal = (input: Uint8Array, from: number, to: number): boolean => decimalShape(input, from, to) >= 0;
  const value = canonical(canonicalWriter(type), bytes, start, end, isDecimal);
  const shape = value === undefined ? -1 : decimalShape(value, 0, value.length);
  const scale = shape & 0xffff;
  return shape < 0 || scale > maxDecimalDigits - int64Digits || shape >> 16 > int64Digits ? -1 : scale;
}

const int64Digits = 19;
