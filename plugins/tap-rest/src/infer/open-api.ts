/** Drafts a description of an OpenAPI document (2.0, 3.0, 3.1): each GET that answers with a list becomes a stream. */
import { isObject } from "@tapline/protocol";
import type { JsonSchema } from "@tapline/sdk";
import type { AuthSettings, Definition, PagingSettings, StreamSettings } from "../definition/schema.ts";
import { errors } from "../errors.ts";
import type { Inferred } from "./inferred.ts";

type Part = Record<string, unknown>;

/** @throws nothing_to_infer */
export function inferFromOpenApi(document: Part, place: string): Inferred {
  const notes: string[] = [];
  const url = urlOf(document, place, notes);
  const auth = authOf(document, notes);
  const paths = isObject(document.paths) ? document.paths : {};
  const streams = Object.entries(paths).flatMap(([path, item]) => streamOf(document, path, item, notes));
  if (streams.length === 0) throw errors.nothing_to_infer({ place, why: "no GET of it answers with a list of objects" });
  const title = isObject(document.info) && typeof document.info.title === "string" ? document.info.title : "api";
  notes.push("keys, cursors and paging are guesses by their names: compare with the API's documentation");
  return { definition: { name: title, url, ...(auth !== undefined && { values: { token: {} }, auth }), streams } as Definition, notes };
}

function urlOf(document: Part, place: string, notes: string[]): string {
  const [server] = Array.isArray(document.servers) ? (document.servers as Part[]) : [];
  const given =
    typeof server?.url === "string"
      ? server.url
      : typeof document.host === "string"
        ? `https://${document.host}${document.basePath ?? ""}`
        : "";
  if (/^https?:\/\//.test(given)) return given.replace(/\/$/, "");
  if (/^https?:\/\//.test(place)) return new URL(given, place).href.replace(/\/$/, "");
  notes.push("the document names no server: set `url`");
  return "https://example.com";
}

function authOf(document: Part, notes: string[]): AuthSettings | undefined {
  const components = isObject(document.components) ? document.components : {};
  const schemes = components.securitySchemes ?? document.securityDefinitions;
  const [name, scheme] = Object.entries(isObject(schemes) ? schemes : {}).find(([, one]) => isObject(one)) ?? [];
  if (name === undefined || !isObject(scheme)) return undefined;
  const token = "{{ config.token }}";
  notes.push(`of the credentials, ${JSON.stringify(name)} is taken`);
  if (scheme.type === "apiKey")
    return {
      type: "api_key",
      name: String(scheme.name),
      value: token,
      in: scheme.in === "query" ? "query" : scheme.in === "cookie" ? "cookie" : "header",
    };
  return { type: "bearer", token };
}

function streamOf(document: Part, path: string, item: unknown, notes: string[]): StreamSettings[] {
  const operation = isObject(item) && isObject(item.get) ? item.get : undefined;
  if (operation === undefined) return [];
  const list = listOf(answerOf(document, operation));
  if (list === undefined) return [];
  const name = path
    .split("/")
    .filter((part) => part !== "" && !part.startsWith("{") && !/^v\d+$/.test(part))
    .join("_")
    .replace(/\W/g, "_");
  const holes = [...path.matchAll(/\{([^}]+)\}/g)].map(([, hole]) => hole as string);
  if (holes.length > 0) {
    notes.push(`${path} needs ${holes.join(", ")}: add it with \`parent\`, as {{ parent.id }} in its path`);
    return [];
  }
  const names = parameterNames(document, [...listed(isObject(item) ? item.parameters : undefined), ...listed(operation.parameters)]);
  const columns = Object.keys(list.schema.properties ?? {});
  const key = columns.find((column) => /^(id|uuid)$/i.test(column));
  const cursor = columns.find((column) => /^(updated|modified)(_?at|_?on)?$/i.test(column));
  const start = names.find((parameter) => /^(updated_)?since$|updated_(after|since|from)|modified_since/i.test(parameter));
  return [
    {
      name,
      path,
      ...(typeof operation.summary === "string" && { description: operation.summary }),
      ...(key !== undefined && { keys: [key] }),
      records: list.path,
      ...pagingOf(names, list.answer),
      ...(cursor !== undefined && start !== undefined && { incremental: { cursor, start_param: start } }),
      schema: list.schema,
    },
  ];
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function parameterNames(document: Part, parameters: readonly unknown[]): string[] {
  return parameters.flatMap((one) => {
    const parameter = resolve(document, one);
    return isObject(parameter) && parameter.in === "query" && typeof parameter.name === "string" ? [parameter.name] : [];
  });
}

function pagingOf(names: readonly string[], answer: JsonSchema): { paging?: PagingSettings } {
  const has = (pattern: RegExp): string | undefined => names.find((name) => pattern.test(name));
  const size = has(/^(limit|per_?page|page_?size|count)$/i);
  const sizes = size === undefined ? {} : { size: 100, size_param: size };
  const next = Object.keys(answer.properties ?? {}).find((name) => /^next(_?(cursor|page_?token|token))?$/i.test(name));
  const cursor = has(/^(cursor|page_?token|after|starting_after)$/i);
  if (cursor !== undefined && next !== undefined) return { paging: { type: "cursor", next: `$.${next}`, param: cursor, ...sizes } };
  const offset = has(/^(offset|skip|start)$/i);
  if (offset !== undefined) return { paging: { type: "offset", param: offset, size: 100, size_param: size ?? "limit" } };
  const page = has(/^page(_?number)?$/i);
  return page === undefined ? {} : { paging: { type: "page", param: page, ...sizes } };
}

function answerOf(document: Part, { responses }: Part): JsonSchema | undefined {
  const [, response] = Object.entries(isObject(responses) ? responses : {}).find(([status]) => /^2/.test(status)) ?? [];
  const answer = resolve(document, response);
  if (!isObject(answer)) return undefined;
  const content = isObject(answer.content) ? Object.entries(answer.content).find(([type]) => /json/.test(type))?.[1] : undefined;
  const schema = isObject(content) ? content.schema : answer.schema;
  return schema === undefined ? undefined : (inlined(document, schema) as JsonSchema);
}

function listOf(answer: JsonSchema | undefined): { path: string; schema: JsonSchema; answer: JsonSchema } | undefined {
  if (answer === undefined) return undefined;
  const isRecord = (schema: unknown): schema is JsonSchema => isObject(schema) && isObject(schema.properties);
  if (isRecord(answer.items)) return { path: "$[*]", schema: answer.items, answer };
  for (const [name, schema] of Object.entries(answer.properties ?? {}))
    if (isRecord(schema.items))
      return { path: /^[\w-]+$/.test(name) ? `$.${name}[*]` : `$[${JSON.stringify(name)}][*]`, schema: schema.items, answer };
  return undefined;
}

/** The schema without references. One in a circle, or very deep, is any value. */
function inlined(document: Part, schema: unknown, seen: readonly string[] = []): unknown {
  if (Array.isArray(schema)) return schema.map((one) => inlined(document, one, seen));
  if (!isObject(schema)) return schema;
  if (typeof schema.$ref === "string")
    return seen.includes(schema.$ref) || seen.length > 8 ? {} : inlined(document, resolve(document, schema), [...seen, schema.$ref]);
  const { nullable, example: _example, xml: _xml, allOf, ...rest } = schema;
  const parts = Array.isArray(allOf) ? (allOf.map((one) => inlined(document, one, seen)) as Part[]) : [];
  const own = Object.fromEntries(
    Object.entries(rest).map(([name, inner]) => [name, name === "enum" || name === "required" ? inner : inlined(document, inner, seen)]),
  );
  const merged: Part = Object.assign({}, own, ...parts);
  if (parts.length > 0) merged.properties = Object.assign({}, ...[own, ...parts].map(({ properties }) => properties));
  return nullable === true && typeof merged.type === "string" ? { ...merged, type: [merged.type, "null"] } : merged;
}

/** What a reference inside the document leads to. Others are not followed. */
function resolve(document: Part, value: unknown): unknown {
  if (!isObject(value) || typeof value.$ref !== "string") return value;
  if (!value.$ref.startsWith("#/")) return undefined;
  const names = value.$ref
    .slice(2)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return names.reduce<unknown>((part, name) => (isObject(part) ? part[name] : undefined), document);
}
