/**
 * Checks a config without Ajv. Loading Ajv and compiling the schema of tap-csv takes 50 ms of CPU, nearly a third of a small run, and
 * nearly all configs are valid. What this check does not understand, or finds wrong, is left to Ajv, which also describes the problems.
 */
import { isObject } from "@tapline/protocol";

type Schema = Readonly<Record<string, unknown>>;

/** Keywords that do not restrict values. */
const annotations = new Set([
  "default",
  "description",
  "title",
  "examples",
  "writeOnly",
  "readOnly",
  "deprecated",
  "$schema",
  "$id",
  "$comment",
]);

/** Fills in defaults as Ajv does. Returns true only when the value is certainly valid. */
export function isPlainlyValid(schema: unknown, value: unknown): boolean {
  return isValid(schema, value, true);
}

/** `fills`: as in Ajv, defaults are not filled in inside `anyOf`. */
function isValid(schema: unknown, value: unknown, fills: boolean): boolean {
  if (schema === true) return true;
  if (typeof schema !== "object" || schema === null) return false;
  const node = schema as Schema;
  if (fills && isObject(value)) fillDefaults(node, value);
  return Object.entries(node).every(([keyword, wanted]) => {
    const check = checks[keyword];
    return check === undefined ? annotations.has(keyword) : check(wanted, value, node, fills);
  });
}

function fillDefaults({ properties }: Schema, value: Record<string, unknown>): void {
  if (!isObject(properties)) return;
  for (const [name, child] of Object.entries(properties)) {
    if (value[name] === undefined && isObject(child) && child.default !== undefined) value[name] = structuredClone(child.default);
  }
}

type Check = (wanted: unknown, value: unknown, node: Schema, fills: boolean) => boolean;

const checks: Readonly<Record<string, Check>> = {
  type: (wanted, value) => [wanted].flat().some((type) => isOfType(type, value)),
  const: (wanted, value) => isScalar(wanted) && value === wanted,
  enum: (wanted, value) => Array.isArray(wanted) && isScalar(value) && wanted.includes(value),
  anyOf: (wanted, value) => Array.isArray(wanted) && wanted.some((choice) => isValid(choice, value, false)),
  minLength: (wanted, value) => typeof value !== "string" || [...value].length >= (wanted as number),
  maxLength: (wanted, value) => typeof value !== "string" || [...value].length <= (wanted as number),
  minimum: (wanted, value) => typeof value !== "number" || value >= (wanted as number),
  maximum: (wanted, value) => typeof value !== "number" || value <= (wanted as number),
  minItems: (wanted, value) => !Array.isArray(value) || value.length >= (wanted as number),
  maxItems: (wanted, value) => !Array.isArray(value) || value.length <= (wanted as number),
  minProperties: (wanted, value) => !isObject(value) || Object.keys(value).length >= (wanted as number),
  items: (wanted, value, _, fills) => !Array.isArray(value) || value.every((item) => isValid(wanted, item, fills)),
  required: (wanted, value) => !isObject(value) || (Array.isArray(wanted) && wanted.every((name) => value[name as string] !== undefined)),
  properties: (wanted, value, _, fills) =>
    !isObject(value) ||
    (isObject(wanted) && Object.entries(wanted).every(([name, child]) => value[name] === undefined || isValid(child, value[name], fills))),
  patternProperties: (wanted, value, _, fills) =>
    !isObject(value) ||
    (isObject(wanted) &&
      Object.entries(wanted).every(([pattern, child]) => {
        const names = new RegExp(pattern, "u");
        return Object.keys(value).every((name) => !names.test(name) || isValid(child, value[name], fills));
      })),
  additionalProperties: (wanted, value, { properties, patternProperties }, fills) => {
    if (!isObject(value)) return true;
    const patterns = Object.keys(isObject(patternProperties) ? patternProperties : {}).map((pattern) => new RegExp(pattern, "u"));
    const others = Object.keys(value).filter(
      (name) => !(isObject(properties) && Object.hasOwn(properties, name)) && !patterns.some((pattern) => pattern.test(name)),
    );
    return others.every((name) => isValid(wanted, value[name], fills));
  },
};

function isOfType(type: unknown, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value);
    case "string":
    case "boolean":
      return typeof value === type;
    default:
      return false;
  }
}

const isScalar = (value: unknown): boolean => value === null || ["string", "number", "boolean"].includes(typeof value);
