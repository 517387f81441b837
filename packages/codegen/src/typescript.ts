/** Writes types of rows as TypeScript, with schemas that carry them, so that a stream made of one is typed. */
import { type JsonSchema, stringifyOrdered } from "@tapline/protocol";
import { compile } from "json-schema-to-typescript";

import { errors } from "./errors.ts";
import type { DescribedRows } from "./model.ts";

/**
 * A module with an interface for each, and a schema whose rows are that interface; also keys where they are known.
 * @param madeBy the command, for whoever opens the file
 * @throws codegen_names_meet
 * @example await typescriptOf([{ name: "orders", schema, keys: ["id"] }], "tapline codegen catalog.json")
 */
export async function typescriptOf(described: readonly DescribedRows[], madeBy: string): Promise<string> {
  const types = new Map<string, DescribedRows>();
  for (const rows of described) {
    const type = typeName(rows.name);
    const first = types.get(type);
    if (first !== undefined) throw errors.codegen_names_meet({ name: type, first: first.name, second: rows.name });
    types.set(type, rows);
  }
  const parts = await Promise.all([...types].map(([type, rows]) => partOf(type, rows)));
  return `// Made by \`${madeBy}\`. Change what it is made of, and run it again.\nimport type { TypedSchema } from "@tapline/sdk";\n\n${parts.join("\n")}`;
}

async function partOf(type: string, { name, schema, keys }: DescribedRows): Promise<string> {
  const code = await compile(withoutTitles(schema) as never, type, {
    additionalProperties: false,
    bannerComment: "",
    ignoreMinAndMaxItems: true,
    strictIndexSignatures: false,
    $refOptions: { resolve: { external: false } },
  });
  const value = type.charAt(0).toLowerCase() + type.slice(1);
  const keysLine = keys.length === 0 ? "" : `\nexport const ${value}Keys = ${JSON.stringify(keys)} as const;\n`;
  return `${code.trim()}

/** Of ${name.replaceAll("*/", "* /")}: \`defineStream({ schema: ${value}Schema, … })\` has rows of the type ${type}. */
export const ${value}Schema = ${stringifyOrdered(schema, 2)} as unknown as TypedSchema<${type}>;
${keysLine}`;
}

/** A title within a schema would name a type of its own, and two may be the same. */
function withoutTitles(schema: JsonSchema): JsonSchema {
  const clean = (value: unknown, isSchema: boolean): unknown => {
    if (Array.isArray(value)) return value.map((each) => clean(each, isSchema));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(
      ([name, each]) => !(isSchema && (name === "title" || name === "$id" || name === "id") && typeof each === "string"),
    );
    return Object.fromEntries(
      entries.map(([name, each]) => [name, clean(each, !(isSchema && ["properties", "patternProperties"].includes(name)))]),
    );
  };
  return clean(schema, true) as JsonSchema;
}

/** "LineItem" of "line-item". */
function typeName(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(joined) ? joined : `Rows${joined}`;
}
