import { columnType, typeName } from "@tapline/columns";
import type { JsonSchema } from "@tapline/protocol";
import { expect, test } from "vitest";
import { dialect } from "./dialect/index.ts";

test.each<[JsonSchema, string]>([
  [{ type: "boolean" }, "BOOLEAN"],
  [{ type: ["null", "integer"] }, "BIGINT"],
  [{ type: "number" }, "DOUBLE"],
  [{ type: ["number", "integer", "null"] }, "DOUBLE"],
  [{ type: "number", multipleOf: 0.01 }, "DECIMAL(38,2)"],
  [{ type: "number", multipleOf: 1e-6 }, "DECIMAL(38,6)"],
  [{ type: "number", multipleOf: 1e-38 }, "DECIMAL(38,38)"],
  [{ type: "number", multipleOf: 0.05 }, "DOUBLE"],
  [{ type: "number", multipleOf: 1 }, "DOUBLE"],
  [{ type: "number", multipleOf: 100 }, "DOUBLE"],
  [{ type: "number", format: "singer.decimal", precision: 12, scale: 4 }, "DECIMAL(12,4)"],
  [{ type: ["string", "null"], format: "x-singer.decimal", precision: 12, scale: 4 }, "DECIMAL(12,4)"],
  [{ type: "string", format: "singer.decimal" }, "DECIMAL(38,18)"],
  [{ type: "string", format: "singer.decimal", precision: 10 }, "DECIMAL(10,0)"],
  [{ type: "string", format: "singer.decimal", precision: 100, scale: 50 }, "DECIMAL(38,38)"],
  [{ type: "number", "x-singer.decimal": true, multipleOf: 0.001 }, "DECIMAL(38,3)"],
  [{ type: "string" }, "VARCHAR"],
  [{ type: "string", format: "uuid" }, "UUID"],
  [{ type: "string", contentEncoding: "base64" }, "BLOB"],
  [{ type: "integer", maximum: 1e20 }, "HUGEINT"],
  [{ type: "string", format: "date" }, "DATE"],
  [{ type: "string", format: "time" }, "TIME"],
  [{ type: ["null", "string"], format: "date-time" }, "TIMESTAMP WITH TIME ZONE"],
  [{ type: "object", properties: {} }, "JSON"],
  [{ type: ["array", "null"], items: {} }, "JSON"],
  [{}, "JSON"],
  [{ type: "null" }, "JSON"],
  [{ type: ["string", "integer"] }, "VARCHAR"],
  [{ type: ["string", "object"], format: "date-time" }, "JSON"],
  [{ type: ["boolean", "integer"] }, "JSON"],
  [{ anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] }, "TIMESTAMP WITH TIME ZONE"],
  [{ oneOf: [{ type: ["null"] }, { type: "integer" }] }, "BIGINT"],
  [{ anyOf: [{ type: "integer" }, { type: ["null", "integer"] }] }, "BIGINT"],
  [{ anyOf: [{ type: "string", format: "date-time" }, { type: "string" }] }, "VARCHAR"],
  [{ anyOf: [{ type: "integer" }, { type: "object" }] }, "JSON"],
  [{ allOf: [{ type: "number", multipleOf: 0.1 }] }, "DECIMAL(38,1)"],
])("%j is %s", (schema, type) => {
  expect(typeName(dialect.types, columnType(schema, dialect.types))).toBe(type);
});
