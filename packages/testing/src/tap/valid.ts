/** Validates catalogs, messages and rows. Unlike a target's quick check this one checks formats too. */
import { approximate, type JsonSchema, type Row } from "@tapline/protocol";
import { protocolSchemas } from "@tapline/protocol/schemas";
import { Ajv2020 } from "ajv/dist/2020.js";

const day = "\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])";
const time = "([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d|:60)?(\\.\\d+)?";
const ajv = new Ajv2020({
  strict: false,
  validateSchema: false,
  logger: false,
  formats: {
    date: new RegExp(`^${day}$`),
    time: new RegExp(`^${time}(Z|[+-]\\d\\d:?\\d\\d)?$`, "i"),
    "date-time": new RegExp(`^${day}[T ]${time}(Z|[+-]\\d\\d:?\\d\\d)?$`, "i"),
  },
});

/** Checks a value against a schema of `schemas/`, by the name of its file. Returns the problem, or undefined. */
export function problemWith(name: keyof typeof protocolSchemas, value: unknown): string | undefined {
  return problem(protocolSchemas[name] as unknown as JsonSchema, approximate(value));
}

/** Makes the check of rows, which returns the problem or undefined. `multipleOf` is left out: Ajv divides doubles and refuses 0.07 for 0.01. */
export function rowProblem(schema: JsonSchema): (row: Row) => string | undefined {
  const exact = withoutMultiples({ $schema: undefined, type: "object", ...schema });
  return (row) => problem(exact, approximate(row));
}

function problem(schema: JsonSchema, value: unknown): string | undefined {
  const validate = ajv.compile(schema);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

function withoutMultiples<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(withoutMultiples) as T;
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => !["$schema", "$id", "id"].includes(key) || (typeof value === "object" && value !== null),
  );
  return Object.fromEntries(
    kept.filter(([key, value]) => key !== "multipleOf" || typeof value !== "number").map(([key, value]) => [key, withoutMultiples(value)]),
  ) as T;
}
