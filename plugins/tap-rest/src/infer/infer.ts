/** Drafts a description of an OpenAPI document or of an answer. What is guessed is told, for a person must look at it. */
import { readFileSync } from "node:fs";
import { isObject, parseExact } from "@tapline/protocol";
import { guessSchema } from "@tapline/rest";
import type { Row } from "@tapline/sdk";
import { parse } from "yaml";
import type { Definition, PagingSettings } from "../definition/schema.ts";
import { errors } from "../errors.ts";
import type { Inferred } from "./inferred.ts";
import { inferFromOpenApi } from "./open-api.ts";

/** @param place an address or a path @throws nothing_to_infer */
export async function inferFrom(place: string, signal: AbortSignal): Promise<Inferred> {
  const isAddress = /^https?:\/\//.test(place);
  const { text, link } = isAddress ? await fetchText(place, signal) : { text: readText(place), link: null };
  let document: unknown;
  try {
    document = /^\s*[[{]/.test(text) ? parseExact(text) : parse(text);
  } catch (error) {
    throw errors.nothing_to_infer({ place, why: (error as Error).message.split("\n")[0] ?? "" }, {}, error);
  }
  if (isObject(document) && (typeof document.openapi === "string" || typeof document.swagger === "string"))
    return inferFromOpenApi(document, place);
  if (!isAddress) throw errors.nothing_to_infer({ place, why: "it is no OpenAPI document" });
  return inferFromAnswer(document, new URL(place), link);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw errors.nothing_to_infer({ place: path, why: (error as Error).message }, {}, error);
  }
}

async function fetchText(url: string, signal: AbortSignal): Promise<{ text: string; link: string | null }> {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json, application/yaml;q=0.9, */*;q=0.5" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
    });
    if (!response.ok) throw new Error(`it answers with ${response.status}`);
    return { text: await response.text(), link: response.headers.get("link") };
  } catch (error) {
    throw errors.nothing_to_infer({ place: url, why: (error as Error).message }, {}, error);
  }
}

/** Of one answer: where its records are, what leads to the next page, what looks like a key and a cursor. */
export function inferFromAnswer(document: unknown, url: URL, link: string | null = null): Inferred {
  const found = longestList(document, "$");
  if (found === undefined) throw errors.nothing_to_infer({ place: url.href, why: "the answer has no list of objects" });
  const rows = found.rows;
  const schema = guessSchema(rows);
  const names = Object.keys(schema.properties ?? {});
  const key = names.find((name) => /^(id|uuid|key)$/i.test(name)) ?? names.find((name) => /_?id$/i.test(name));
  const cursor = names.find((name) => /^(updated|modified|last_modified|changed)(_?at|_?on|_?time|_?date)?$/i.test(name));
  const paging = pagingIn(document, link);
  const name = url.pathname.split("/").findLast((part) => part !== "" && !/^v?\d+$/.test(part)) ?? "items";
  const notes = [
    ...(key === undefined ? ["no column looks like a key: set `keys`"] : [`the key ${JSON.stringify(key)} is a guess by its name`]),
    ...(cursor === undefined
      ? []
      : [`${JSON.stringify(cursor)} looks like the cursor of \`incremental\`: set it, with the parameter that the API takes`]),
    ...(paging === undefined ? ["no paging was seen: compare with the API's documentation"] : ["the paging is a guess by one answer"]),
    "the schema is of one answer: columns that it lacks, and other types, are not in it",
  ];
  const stream = {
    name: name.replace(/\W/g, "_"),
    path: url.pathname,
    ...(url.search !== "" && { query: Object.fromEntries(url.searchParams) }),
    ...(key !== undefined && { keys: [key] }),
    records: found.path,
    ...(paging !== undefined && { paging }),
    schema,
  };
  return { definition: { name: url.hostname, url: url.origin, streams: [stream] } as Definition, notes };
}

function longestList(value: unknown, path: string, depth = 0): { path: string; rows: Row[] } | undefined {
  if (Array.isArray(value)) return value.length > 0 && value.every(isObject) ? { path: `${path}[*]`, rows: value as Row[] } : undefined;
  if (!isObject(value) || depth > 4) return undefined;
  const lists = Object.entries(value).flatMap(([name, inner]) => {
    const step = /^[\w-]+$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    return longestList(inner, `${path}${step}`, depth + 1) ?? [];
  });
  return lists.sort((a, b) => b.rows.length - a.rows.length)[0];
}

function pagingIn(document: unknown, link: string | null): PagingSettings | undefined {
  if (link !== null && /rel="?next/.test(link)) return { type: "link" };
  const found = tokenIn(document, "$");
  if (found === undefined) return undefined;
  return /^(https?:\/)?\//.test(found.value) ? { type: "link", next: found.path } : { type: "cursor", next: found.path, param: "cursor" };
}

function tokenIn(value: unknown, path: string, depth = 0): { path: string; value: string } | undefined {
  if (!isObject(value) || depth > 3) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (
      typeof inner === "string" &&
      inner !== "" &&
      /^(@odata\.)?next([_-]?(page|url|link|cursor|token|page[_-]?token))?$|^end_?cursor$|^nextLink$|^nextPageToken$/i.test(name)
    )
      return { path: /^[\w-]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`, value: inner };
    const below = tokenIn(inner, `${path}.${name}`, depth + 1);
    if (below !== undefined) return below;
  }
  return undefined;
}
