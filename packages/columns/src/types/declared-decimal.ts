/** Decimals as schemas declare them: by a step (`multipleOf`), or as `singer.decimal` with precision and scale. Pure. */
import type { JsonSchema } from "@tapline/protocol";
import type { Digits } from "../values/digits.ts";
import type { ColumnType } from "./column-type.ts";
import type { TypeRules } from "./type-rules.ts";

const usualPrecision = 38;

export function isDeclaredDecimal(schema: JsonSchema): boolean {
  return schema.format === "singer.decimal" || schema.format === "x-singer.decimal" || schema["x-singer.decimal"] === true;
}

/** With precision alone the scale is 0, as in SQL. */
export function declaredDecimal(schema: JsonSchema, { maxPrecision, maxScale = maxPrecision, plainDecimal }: TypeRules): ColumnType {
  const step = stepScale(schema.multipleOf);
  if (isCount(schema.precision)) {
    const precision = Math.min(Math.max(schema.precision, 1), maxPrecision);
    const scale = isCount(schema.scale) ? schema.scale : (step ?? 0);
    return { kind: "decimal", precision, scale: Math.min(scale, precision, maxScale) };
  }
  const scale = isCount(schema.scale) ? schema.scale : step;
  if (scale === undefined) return plainDecimal;
  return { kind: "decimal", precision: usualPrecision, scale: Math.min(scale, usualPrecision, maxScale) };
}

/** Whether the schema allows a decimal of so many digits. What it does not limit it allows. */
export function allowsDigits(schema: JsonSchema, { whole, scale }: Digits): boolean {
  const step = stepScale(schema.multipleOf);
  if (step !== undefined && scale > step) return false;
  if (!isDeclaredDecimal(schema)) return true;
  const declaredScale = isCount(schema.scale) ? schema.scale : isCount(schema.precision) ? (step ?? 0) : undefined;
  if (declaredScale !== undefined && scale > declaredScale) return false;
  return !isCount(schema.precision) || whole <= schema.precision - (declaredScale ?? 0);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** 2 for 0.01, 6 for 1e-6; undefined for anything that is not a power of ten below one. */
export function stepScale(multipleOf: unknown): number | undefined {
  if (typeof multipleOf !== "number") return undefined;
  const match = /^1e-(\d+)$/.exec(multipleOf.toExponential());
  const scale = Number(match?.[1] ?? 0);
  return scale >= 1 && scale <= usualPrecision ? scale : undefined;
}
