/** Lists, arrays, structs, maps and unions on the wire: JSON, whose parts are what they are as columns, without formats. Pure. */
import type { DuckDBType } from "@duckdb/node-api";
import { quoteText } from "@tapline/columns";
import { type JsonSchema, orderedObject } from "@tapline/sdk";
import { nullable } from "@tapline/sql-tap";
import * as text from "./json-text.ts";
import type { PartType, TypeOptions, WireType } from "./wire-type.ts";

/** Undefined for a type that has no parts. */
export function nestedType(type: DuckDBType, { api, depth }: TypeOptions, partType: PartType): WireType | undefined {
  const name = `v${depth}`;
  if (type instanceof api.DuckDBListType || type instanceof api.DuckDBArrayType) {
    const item = partType(type.valueType);
    return {
      property: { type: "array", items: nullable(item.property) },
      text: (value) => text.list(type instanceof api.DuckDBArrayType ? asList(value, type.valueType) : value, name, item.text(name)),
    };
  }
  if (type instanceof api.DuckDBStructType) return struct(type.entryNames, type.entryTypes, partType);
  if (type instanceof api.DuckDBMapType) {
    const item = partType(type.valueType);
    return {
      property: { type: "object", additionalProperties: nullable(item.property) },
      text: (value) => text.map(value, name, item.text(`struct_extract(${name}, 'value')`)),
    };
  }
  if (type instanceof api.DuckDBUnionType) return union(type.memberTags, type.memberTypes, partType);
  return undefined;
}

/** Functions over lists take no arrays. */
const asList = (value: string, item: DuckDBType): string => `CAST(${value} AS ${item.toString()}[])`;

function struct(names: readonly string[], types: readonly DuckDBType[], partType: PartType): WireType {
  const parts = types.map(partType);
  const at = (value: string, i: number): string => text.call("struct_extract_at", value, String(i + 1));
  if (names.some((name) => name === ""))
    return {
      property: { type: "array" },
      text: (value) =>
        text.tuple(
          value,
          parts.map((part, i) => part.text(at(value, i))),
        ),
    };
  const properties = names.map((name, i): [string, JsonSchema] => [name, nullable((parts[i] as WireType).property)]);
  return {
    property: { type: "object", properties: orderedObject(properties) },
    text: (value) =>
      text.object(
        value,
        names.map((name, i) => [name, (parts[i] as WireType).text(at(value, i))]),
      ),
  };
}

/** An object with one field, whose name is the tag: a text and a number with the same digits stay different. */
function union(tags: readonly string[], types: readonly DuckDBType[], partType: PartType): WireType {
  return {
    property: { type: "object" },
    text: (value) => {
      const cases = tags.map((tag, i) => {
        const part = partType(types[i] as DuckDBType).text(text.call("union_extract", value, quoteText(tag)));
        return `WHEN ${quoteText(tag)} THEN ${text.object(value, [[tag, part]])}`;
      });
      return `CASE ${text.asText(text.call("union_tag", value))} ${cases.join(" ")} END`;
    },
  };
}
