/** Reads what describes rows: a JSON Schema, an OpenAPI document, a catalog, or the rows themselves. Nothing outside the document is fetched. */
import { isObject, type JsonSchema, parseExact, type Row, readCatalog, resolveSchema } from "@tapline/protocol";
import { guessSchema, parsePath, valuesAt } from "@tapline/rest";
import { parse } from "yaml";
import { errors } from "./errors.ts";
import type { DescribedRows } from "./model.ts";
import { openApiSchemas } from "./open-api.ts";

export const forms = ["schema", "openapi", "catalog", "sample"] as const;

export type Form = (typeof forms)[number];

export interface ReadOptions {
  /** Of messages, and for the name of a schema without a title. */
  path: string;
  form?: Form | undefined;
  /** Where the records of a sample are, as a JSONPath. */
  records?: string | undefined;
}

/** @throws codegen_unreadable, codegen_unknown_form, codegen_empty @example describedRows(text, { path: "orders.schema.json" }) */
export function describedRows(text: string, options: ReadOptions): DescribedRows[] {
  const { path, records } = options;
  const document = parsed(text, path);
  const form = options.form ?? (records === undefined ? formOf(document) : "sample");
  switch (form) {
    case "openapi":
      return notEmpty(openApiSchemas(document), path, "schemas");
    case "catalog":
      return notEmpty(ofCatalog(document), path, "streams");
    case "schema": {
      const { schema } = resolveSchema(document as JsonSchema);
      const title = typeof schema.title === "string" && schema.title !== "" ? schema.title : baseName(path);
      return [{ name: title, schema, keys: [] }];
    }
    case "sample": {
      const found = records === undefined ? [document].flat() : valuesAt(parsePath(records), document).flat();
      const rows = notEmpty(found.filter(isObject) as Row[], path, "records");
      return [{ name: baseName(path), schema: guessSchema(rows), keys: [] }];
    }
    default:
      throw errors.codegen_unknown_form({ path });
  }
}

function formOf(document: unknown): Form | undefined {
  if (Array.isArray(document)) return "sample";
  if (!isObject(document)) return undefined;
  if ("openapi" in document || "swagger" in document) return "openapi";
  if (Array.isArray(document.streams)) return "catalog";
  if ("$schema" in document || isObject(document.properties) || "$ref" in document || "allOf" in document) return "schema";
  return undefined;
}

function ofCatalog(document: unknown): DescribedRows[] {
  return readCatalog(document).streams.map(({ stream, tap_stream_id, schema, key_properties }) => ({
    name: stream ?? tap_stream_id,
    schema: resolveSchema(schema).schema,
    keys: key_properties ?? [],
  }));
}

/** JSON, JSON lines, or YAML. */
function parsed(text: string, path: string): unknown {
  try {
    return parseExact(text);
  } catch {}
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  try {
    if (/\.(jsonl|ndjson)$/.test(path) || lines.every((line) => line.startsWith("{"))) return lines.map((line) => parseExact(line));
    return parse(text, { maxAliasCount: 1000 });
  } catch (error) {
    throw errors.codegen_unreadable({ path, reason: (error as Error).message.split("\n")[0] as string }, {}, error);
  }
}

function notEmpty<T>(list: T[], path: string, what: string): T[] {
  if (list.length === 0) throw errors.codegen_empty({ path, what });
  return list;
}

/** "orders" of "api/orders.schema.json". */
const baseName = (path: string): string => (path.split(/[\\/]/).at(-1) as string).replace(/(\.schema)?\.\w+$/, "");
