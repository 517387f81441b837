import { Type as TypeBox } from "typebox";
import { expect, test } from "vitest";
import { Type } from "./type.ts";

const built = (T: typeof Type) =>
  T.Object(
    {
      a: T.Optional(T.String({ default: "x", minLength: 1 })),
      b: T.Union([T.Literal("q"), T.Literal(3), T.Null(), T.Integer({ minimum: 0 })], { description: "one of" }),
      c: T.Array(T.Unsafe<string | null>({ type: ["string", "null"] }), { default: [] }),
      d: T.Optional(T.Record(T.String(), T.Object({ n: T.Optional(T.Number()) }))),
      g: T.Record(T.String({ pattern: "^[a-z]+$" }), T.String(), { additionalProperties: false }),
      e: T.Boolean({ default: false }),
      f: T.Unknown(),
      h: T.Enum(["x", "y"], { description: "one of" }),
    },
    { additionalProperties: false, title: "t" },
  );

test("schemas equal those of TypeBox, key by key, and a property that one makes optional is optional to the other", () => {
  expect(JSON.stringify(built(Type))).toBe(JSON.stringify(built(TypeBox)));
  expect(JSON.stringify(Type.Object({ a: TypeBox.Optional(TypeBox.String()) }))).toBe(
    JSON.stringify(TypeBox.Object({ a: Type.Optional(Type.String()) })),
  );
});
