#!/usr/bin/env node
import { defineMapper, propertyNames, runMapper, Type } from "@tapline/sdk";

/** The object without some of its fields. */
const without = <T extends object>(object: T, names: readonly string[]): T =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))) as T;

await runMapper(
  defineMapper({
    name: "map-example",
    version: "0.1.0",
    description: "Leaves out columns of all streams that have them, except keys.",
    config: Type.Object({
      columns: Type.Array(Type.String(), { default: ["email"], description: "The columns to leave out." }),
    }),
    map:
      ({ columns }) =>
      ({ schema, keys }) => {
        const names = columns.filter((name) => propertyNames(schema).includes(name) && !keys.includes(name));
        const required = schema.required?.filter((name) => !names.includes(name)) ?? [];
        return {
          schema: { ...schema, properties: without(schema.properties ?? {}, names), required },
          row: (row) => without(row, names),
        };
      },
  }),
);
