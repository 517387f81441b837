/**
 * A property's schema as a table: which kinds of cells it accepts whatever their value is. A value of any other kind is judged by itself.
 */
import { type JsonSchema, numberText, parseDecimal } from "@tapline/protocol";
import { judge } from "../judge.ts";
import { cellKind, kindsEnd } from "./chunk.ts";

export interface CellCheck {
  /** 1 at the index of each kind that is accepted. */
  accepted: Uint8Array;
  accepts(value: unknown): boolean;
}

/** @param schema a resolved one; undefined accepts everything */
export function cellCheck(schema: JsonSchema | undefined): CellCheck {
  if (schema === undefined) return { accepted: new Uint8Array(kindsEnd).fill(1), accepts: () => true };
  const accepted = Uint8Array.from({ length: kindsEnd }, (_, kind) => (isAlwaysAccepted(schema, kind) ? 1 : 0));
  return { accepted, accepts: (value) => judge(schema, value) === undefined };
}

const only = (...kinds: number[]): CellCheck => {
  const accepted = Uint8Array.from({ length: kindsEnd }, (_, kind) => (kinds.includes(kind) ? 1 : 0));
  return { accepted, accepts: () => false };
};

export const textCheck = (): CellCheck => only(cellKind.text);
export const integerCheck = (): CellCheck => only(cellKind.null, cellKind.number);

function isAlwaysAccepted(schema: JsonSchema, kind: number): boolean {
  const { enum: values, const: value, allOf, oneOf, anyOf, ...own } = schema;
  if (kind === cellKind.absent) return true;
  if (values !== undefined || value !== undefined || allOf !== undefined || oneOf !== undefined) return false;
  if (anyOf !== undefined && !anyOf.some((branch) => isAlwaysAccepted(branch, kind))) return false;
  const types = own.type === undefined ? undefined : [own.type].flat();
  const hasType = (...names: string[]): boolean => types === undefined || names.some((name) => types.includes(name));
  switch (kind) {
    case cellKind.null:
      return hasType("null");
    case cellKind.false:
    case cellKind.true:
      return hasType("boolean");
    case cellKind.text:
    case cellKind.escaped:
      return hasType("string") && own.minLength === undefined && own.maxLength === undefined;
    case cellKind.parsed:
      return false;
    default:
      return hasType("number", ...(kind === cellKind.number ? ["integer"] : [])) && isNumberFree(own, kind - cellKind.number);
  }
}

/** Whether a number with so many digits after the point is accepted whatever they are. */
function isNumberFree({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonSchema, scale: number): boolean {
  if ([minimum, maximum, exclusiveMinimum, exclusiveMaximum].some((bound) => bound !== undefined)) return false;
  return multipleOf === undefined || scale <= stepDigits(multipleOf);
}

/** How many digits after the point a number may have to be a multiple of the step for certain; -1 where none is. */
function stepDigits(step: unknown): number {
  const decimal = parseDecimal(numberText(step) ?? "");
  return decimal?.digits === "1" && decimal.exponent <= 1 ? 1 - decimal.exponent : -1;
}
