import { type JsonSchema, parseExact, propertyNames, type Row, TaplineError } from "@tapline/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowValidator } from "../target/validate.ts";
import { type Flattening, planFlattening } from "./plan.ts";

const options = { maxDepth: 9, separator: "__", maxKeyLength: 255 };
const text: JsonSchema = { type: "string" };
const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({ type: "object", properties, ...more });

describe("the examples of the Singer SDK", () => {
  const nested = object({ id: text, foo: object({ bar: object({ baz: object({ qux: text }) }) }) });

  test.each([
    [1, ["id", "foo__bar"]],
    [2, ["id", "foo__bar__baz"]],
    [3, ["id", "foo__bar__baz__qux"]],
  ])("max_depth %i", (maxDepth, names) => {
    expect(propertyNames(planFlattening(nested, { ...options, maxDepth }).schema)).toEqual(names);
  });

  test("a user becomes its columns", () => {
    const user = object({ user: object({ first_name: text, last_name: text, id: text }) });
    expect(planFlattening(user, options).flatten({ user: { first_name: "Jane", last_name: "Carter", id: "jcarter" } })).toEqual({
      user__first_name: "Jane",
      user__last_name: "Carter",
      user__id: "jcarter",
    });
  });

  test("another separator", () => {
    const schema = object({
      key_1: text,
      key_2: object({ key_3: text, key_4: object({ key_5: { type: "integer" }, key_6: { type: "array" } }) }),
    });
    const { schema: flat } = planFlattening(schema, { ...options, separator: "." });
    expect(flat.properties).toEqual({
      key_1: text,
      "key_2.key_3": text,
      "key_2.key_4.key_5": { type: "integer" },
      "key_2.key_4.key_6": { type: "array" },
    });
  });

  test("combined schemas are not flattened", () => {
    const schema = object({
      address: { anyOf: [object({ city: text }), { type: "null" }] },
      name: { oneOf: [text, object({ first: text })] },
    });
    expect(planFlattening(schema, options).isIdentity).toBe(true);
  });

  test("untyped properties keep their place and their values", () => {
    const schema = object({ changes: object({ field: text, OldValue: {}, NewValue: {} }) });
    const plan = planFlattening(schema, options);
    expect(plan.schema.properties).toEqual({ changes__field: text, changes__OldValue: {}, changes__NewValue: {} });
    const values = { OldValue: { nested: ["array"] }, NewValue: "text" };
    expect(plan.flatten({ changes: values })).toEqual({ changes__OldValue: values.OldValue, changes__NewValue: "text" });
  });

  test("two properties with one name are an error that names both", () => {
    const schema = object({ a__b: text, a: object({ b: text }) });
    expect(() => planFlattening(schema, options)).toThrow(
      expect.objectContaining({ code: "flattened_columns_collide", message: expect.stringContaining('"a__b" to both "a__b" and "a"."b"') }),
    );
  });
});

describe("the schema", () => {
  test("lists, objects without properties, objects that may be text and untyped objects stay as they are", () => {
    const kept = {
      list: { type: "array", items: object({ a: text }) },
      free: { type: "object" },
      empty: object({}),
      mixed: { type: ["object", "string"], properties: { a: text } },
      untyped: { properties: { a: text } },
    };
    expect(planFlattening(object(kept), options).isIdentity).toBe(true);
    expect(planFlattening(object({ o: object(kept) }), options).schema.properties).toEqual(
      Object.fromEntries(Object.entries(kept).map(([name, schema]) => [`o__${name}`, schema])),
    );
  });

  test("columns are nullable where an object around them is, and required where each record has them", () => {
    const inner = object({ x: text, y: { type: "integer", enum: [1] }, z: { const: 1 }, w: {} }, { required: ["x"] });
    const schema = object({ a: inner, b: { ...inner, type: ["null", "object"] }, c: inner }, { required: ["a", "b"] });
    const { properties = {}, required } = planFlattening(schema, options).schema;
    expect(required).toEqual(["a__x"]);
    expect(properties.a__x).toEqual(text);
    expect([properties.b__x, properties.b__y, properties.b__z, properties.b__w]).toEqual([
      { type: ["string", "null"] },
      { type: ["integer", "null"], enum: [1, null] },
      { anyOf: [{ const: 1 }, { type: "null" }] },
      {},
    ]);
  });

  test("columns are in the order of the properties, also where names look like numbers", () => {
    const schema = object({ b: object({ "2": text, x: text }), a: text });
    expect(propertyNames(planFlattening(schema, { ...options, separator: "" }).schema)).toEqual(["b2", "bx", "a"]);
  });

  test("properties that are to stay whole do", () => {
    const schema = object({ a: object({ b: text }), c: object({ d: text }) });
    expect(propertyNames(planFlattening(schema, options, new Set(["a"])).schema)).toEqual(["a", "c__d"]);
  });

  test("a change of the columns arrives at their properties", () => {
    const schema = object({ id: text, a: object({ b: text, c: object({ d: text }) }, { required: ["b"] }) });
    const changed = planFlattening(schema, options).changeColumns((flat) => ({
      ...flat,
      properties: { ...flat.properties, a__c__d: { type: "number" }, hidden: {} },
    }));
    expect(changed).toEqual(
      object({ id: text, a: object({ b: text, c: object({ d: { type: "number" } }) }, { required: ["b"] }), hidden: {} }),
    );
  });
});

describe("records", () => {
  const schema = object({
    id: text,
    a: object({ b: { type: ["null", "integer"] }, c: object({ d: text }) }, { type: ["object", "null"] }),
  });
  const plan = planFlattening(schema, options);

  test("numbers keep their digits", () => {
    const record = parseExact('{"id":"1","a":{"b":12345678901234567890,"c":{"d":"x"}}}') as Row;
    expect(JSON.stringify(plan.flatten(record))).toBe('{"id":"1","a__b":12345678901234567890,"a__c__d":"x"}');
  });

  test("an object that is null makes its columns null, one that is missing leaves them out", () => {
    expect(plan.flatten({ id: "1", a: null })).toEqual({ id: "1", a__b: null, a__c__d: null });
    expect(plan.flatten({ id: "1", a: { b: 1 } })).toEqual({ id: "1", a__b: 1 });
  });

  test("fields that the schema does not have keep their values whole, under the names of their paths", () => {
    expect(plan.flatten({ id: "1", x: { y: 1 }, a: { z: { q: 1 }, c: "no object" } })).toEqual({
      id: "1",
      x: { y: 1 },
      a__z: { q: 1 },
      a__c: "no object",
    });
  });

  test.each([
    [{ a__b: 1, a: { b: 2 } }, '"a__b" and "a"."b"'],
    [{ a: { b: 2 }, a__b: 1 }, '"a"."b" and "a__b"'],
    [{ a: { z: 1 }, a__z: 2 }, '"a"."z" and "a__z"'],
  ])("two values for one column are an error that names both: %j", (record, both) => {
    expect(() => plan.flatten(record)).toThrow(
      expect.objectContaining({ code: "flattened_fields_collide", recovery: "skip", message: expect.stringContaining(both) }),
    );
  });

  test("a record that is flat already is taken, also beside an object that is null", () => {
    expect(plan.flatten({ id: "1", a__b: 1, a: null })).toEqual({ id: "1", a__b: 1, a__c__d: null });
    expect(plan.flatten({ id: "1", a: null, a__b: 1 })).toEqual({ id: "1", a__b: 1, a__c__d: null });
  });

  test("a field with the name __proto__ is a field", () => {
    const odd = planFlattening(object({ ["__proto__"]: text, a: object({ b: text }) } as Record<string, JsonSchema>), {
      ...options,
      separator: "",
    });
    const record = JSON.parse('{"__proto__":"x","a":{"b":"y"}}') as Row;
    expect(JSON.stringify(odd.flatten(record))).toBe('{"__proto__":"x","ab":"y"}');
  });
});

describe("for random schemas and records", () => {
  const name = fc.constantFrom("a", "b", "c", "a__b", "12", "long_name_of_a_field");
  const leaf = fc.constantFrom<JsonSchema>(text, { type: ["null", "integer"] }, { type: "array" }, { type: "object" }, {});
  const { schemas } = fc.letrec<{ schemas: JsonSchema }>((tie) => ({
    schemas: fc
      .record({ properties: fc.dictionary(name, fc.oneof({ maxDepth: 3 }, leaf, tie("schemas")), { maxKeys: 4 }), nullable: fc.boolean() })
      .map(({ properties, nullable }) => object(properties, { type: nullable ? ["null", "object"] : "object" })),
  }));
  const valuesOf = (schema: JsonSchema): fc.Arbitrary<unknown> => {
    const types = [schema.type ?? "any"].flat();
    const one = types.map((type): fc.Arbitrary<unknown> => {
      if (type === "null") return fc.constant(null);
      if (type === "string") return fc.string();
      if (type === "integer") return fc.integer();
      if (type === "array") return fc.array(fc.integer(), { maxLength: 2 });
      if (type === "any") return fc.jsonValue({ maxDepth: 1 });
      const { properties } = schema;
      if (properties === undefined) return fc.dictionary(fc.constantFrom("x", "y"), fc.integer());
      const fields = Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, valuesOf(child)]));
      return fc.record(fields, { requiredKeys: [], noNullPrototype: true });
    });
    return fc.oneof(...one);
  };
  const cases = schemas
    .map((schema): JsonSchema => ({ ...schema, type: "object" }))
    .chain((schema) =>
      fc.record({ schema: fc.constant(schema), record: valuesOf(schema) as fc.Arbitrary<Row>, maxDepth: fc.integer({ min: 1, max: 4 }) }),
    );

  const planOf = (schema: JsonSchema, maxDepth: number): Flattening | undefined => {
    try {
      return planFlattening(schema, { ...options, maxDepth });
    } catch (error) {
      expect(error).toBeInstanceOf(TaplineError);
      return undefined;
    }
  };

  test("schema and record are as a plain reading of the rule gives them, and nothing is lost on the way back", () => {
    let planned = 0;
    fc.assert(
      fc.property(cases, ({ schema, record, maxDepth }) => {
        const expected = plainly(schema, record, maxDepth);
        const plan = planOf(schema, maxDepth);
        expect(plan === undefined).toBe(expected === "collision");
        if (plan === undefined || expected === "collision") return;
        planned++;
        expect(propertyNames(plan.schema)).toEqual(expected.columns);
        const flat = plan.flatten(record);
        expect(flat).toEqual(expected.row);
        expect(rowValidator(plan.schema)(flat, false)).toBeUndefined();
        expect(plan.flatten(plan.nest(flat))).toEqual(flat);
        expect(rowValidator(schema)(plan.nest(flat), false)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    expect(planned).toBeGreaterThan(300);
  });

  /** Lists each path to a column, then looks its value up in the record. */
  function plainly(schema: JsonSchema, record: Row, maxDepth: number): { columns: string[]; row: Row } | "collision" {
    const paths: string[][] = [];
    const walk = (child: JsonSchema, path: string[]): void => {
      const fields = Object.entries(child.properties ?? {});
      const isOpen = path.length === 0 || ([child.type].flat().includes("object") && fields.length > 0 && path.length <= maxDepth);
      if (!isOpen) paths.push(path);
      else for (const [key, next] of orderOf(child, fields)) walk(next, [...path, key]);
    };
    walk(schema, []);
    const columns = paths.map((path) => path.join("__"));
    if (new Set(columns).size < columns.length) return "collision";
    const row: Row = {};
    for (const path of paths) {
      let value: unknown = record;
      for (const key of path) value = value === null || value === undefined ? value : (value as Row)[key];
      if (value !== undefined) row[path.join("__")] = value;
    }
    return { columns, row };
  }

  const orderOf = (schema: JsonSchema, fields: [string, JsonSchema][]): [string, JsonSchema][] =>
    propertyNames(schema).map((key) => fields.find(([each]) => each === key) as [string, JsonSchema]);
});
