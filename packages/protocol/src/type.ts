/**
 * The builders of TypeBox that schemas here are written with, typed by TypeBox and made anew: its own code is 373 modules, which
 * cost every plugin three times what an empty Node program takes to start. What they build is plain JSON Schema.
 */
import type { Static as StaticOf, TSchema, Type as TypeBox } from "typebox";

export type { Static, TObject } from "typebox";

type Builders = Pick<
  typeof TypeBox,
  | "Array"
  | "Boolean"
  | "Integer"
  | "Literal"
  | "Null"
  | "Number"
  | "Object"
  | "Optional"
  | "Record"
  | "String"
  | "Union"
  | "Unknown"
  | "Unsafe"
>;

type Schema = Record<string, unknown>;

/** As TypeBox marks it, so schemas made by either go together; not seen by JSON. */
const optionalMark = "~optional";

const builders = {
  Array: (items: Schema, options?: Schema) => ({ type: "array", items, ...options }),
  Boolean: (options?: Schema) => ({ type: "boolean", ...options }),
  Integer: (options?: Schema) => ({ type: "integer", ...options }),
  Literal: (value: unknown, options?: Schema) => ({ type: typeof value, const: value, ...options }),
  Null: (options?: Schema) => ({ type: "null", ...options }),
  Number: (options?: Schema) => ({ type: "number", ...options }),
  Object(properties: Record<string, Schema>, options?: Schema) {
    const required = Object.keys(properties).filter((name) => !(optionalMark in (properties[name] as Schema)));
    return { type: "object", ...(required.length === 0 ? {} : { required }), properties, ...options };
  },
  Optional: (schema: Schema) => Object.defineProperty({ ...schema }, optionalMark, { value: true, enumerable: false }),
  Record: (keys: Schema, values: Schema, options?: Schema) => ({
    type: "object",
    patternProperties: { [typeof keys.pattern === "string" ? keys.pattern : "^.*$"]: values },
    ...options,
  }),
  String: (options?: Schema) => ({ type: "string", ...options }),
  Union: (schemas: readonly Schema[], options?: Schema) => ({ anyOf: schemas, ...options }),
  Unknown: (options?: Schema) => ({ ...options }),
  Unsafe: (schema: Schema) => ({ ...schema }),
};

export const Type = builders as unknown as Builders;

export declare namespace Type {
  type Static<S extends TSchema> = StaticOf<S>;
}
