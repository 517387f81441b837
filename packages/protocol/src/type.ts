/**
 * The TypeBox builders that our schemas use. TypeBox supplies the types only: its code is 373 modules, and loading them takes
 * a plugin three times as long as an empty Node program takes to start. The builders make plain JSON Schema, and schemas made by
 * the npm package `typebox` go together with these.
 */
import type { Static as StaticOf, TSchema, Type as TypeBox } from "typebox";

export type { Static, TObject, TSchema } from "typebox";

type Builders = Pick<
  typeof TypeBox,
  | "Array"
  | "Boolean"
  | "Enum"
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

/** TypeBox's own mark of an optional property. It is not enumerable, so `JSON.stringify` leaves it out. */
const optionalMark = "~optional";

const builders = {
  Array: (items: Schema, options?: Schema) => ({ type: "array", items, ...options }),
  Boolean: (options?: Schema) => ({ type: "boolean", ...options }),
  Enum: (values: readonly unknown[], options?: Schema) => ({ enum: values, ...options }),
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
