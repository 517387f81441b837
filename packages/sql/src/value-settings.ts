/** Settings for values that no column can hold as they are sent, and what they change about a stream's schema. */
import { columnType, type TypeRules, type ValueRules } from "@tapline/columns";
import { type JsonSchema, orderedEntries, orderedObject } from "@tapline/protocol";
import { type Static, Type } from "@tapline/sdk";

export const valueSettings = {
  epoch_times: Type.Optional(
    Type.Union([Type.Literal("seconds"), Type.Literal("milliseconds"), Type.Literal("microseconds"), Type.Literal("nanoseconds")], {
      description:
        "The unit of numbers where the schema has `format` `date-time` or `date`: they count from 1970-01-01 UTC. Without the setting, such numbers are refused.",
    }),
  ),
  on_bad_time: Type.Optional(
    Type.Union([Type.Literal("fail"), Type.Literal("null")], {
      default: "fail",
      description:
        'For text that is not a valid date or time although the schema declares one, such as `"0000-00-00"`: `fail` refuses the row, `null` stores NULL and reports how often. Keys and NOT NULL columns refuse it anyway.',
    }),
  ),
  nul_characters: Type.Optional(
    Type.Union([Type.Literal("fail"), Type.Literal("remove"), Type.Literal("replace")], {
      description:
        "For NUL characters (U+0000) in text and JSON: `fail` refuses the row, `remove` deletes them, `replace` puts U+FFFD in their place; the number of such values is reported. Without the setting, DuckDB keeps them and PostgreSQL, which can't hold them, refuses the row.",
    }),
  ),
};

export function valueRules(config: { [name in keyof typeof valueSettings]?: Static<(typeof valueSettings)[name]> }): ValueRules {
  return { epochTimes: config.epoch_times, onBadTime: config.on_bad_time, nulCharacters: config.nul_characters };
}

/** The schema as columns are made from it: with `epochTimes`, numbers that are declared as dates and times are these. */
export function columnSchema(schema: JsonSchema, { epochTimes }: ValueRules): JsonSchema {
  return epochTimes === undefined ? schema : withProperties(schema, asTime);
}

/** The schema as records are checked against it: with `epochTimes`, columns of dates and times take numbers. */
export function checkedSchema(schema: JsonSchema, { epochTimes }: ValueRules, types: TypeRules): JsonSchema {
  if (epochTimes === undefined) return schema;
  return withProperties(schema, (property) =>
    ["timestamptz", "date"].includes(columnType(asTime(property), types).kind) ? { anyOf: [property, { type: "number" }] } : property,
  );
}

function withProperties(schema: JsonSchema, change: (property: JsonSchema) => JsonSchema): JsonSchema {
  const { properties = {} } = schema;
  return { ...schema, properties: orderedObject(orderedEntries(properties).map(([name, property]) => [name, change(property)])) };
}

const numeric: readonly unknown[] = ["number", "integer"];

function asTime(schema: JsonSchema): JsonSchema {
  const { type, format, anyOf, oneOf } = schema;
  if (anyOf !== undefined) return { ...schema, anyOf: anyOf.map(asTime) };
  if (oneOf !== undefined) return { ...schema, oneOf: oneOf.map(asTime) };
  if (type === undefined || (format !== "date-time" && format !== "date")) return schema;
  return { ...schema, type: [...new Set([type].flat().map((each) => (numeric.includes(each) ? "string" : each)))] };
}
