/** Makes the request for a page from what the stream says, the place in the reading, and what the paging adds. */
import { isObject } from "@tapline/protocol";
import type { Json } from "@tapline/sdk";
import type { At, Params, Place, PlainRequest, RequestParts } from "../model.ts";
import type { PagePatch } from "../paging/paging.ts";

const accepts = "application/json, */*;q=0.5";

/** @param extra parameters of an incremental read, which the query may overrule */
export function buildRequest(parts: RequestParts, place: Place, base: URL, patch: PagePatch = {}, extra: Params = {}): PlainRequest {
  const url = patch.url ?? joinUrl(base, at(parts.path, place));
  if (patch.url === undefined) addParams(url.searchParams, { ...extra, ...at(parts.query ?? {}, place) });
  for (const [name, value] of Object.entries(patch.query ?? {})) url.searchParams.set(name, value);
  const { text, type } = bodyOf(parts, place, patch);
  const own = Object.entries(at(parts.headers ?? {}, place)).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), String(value)] as const],
  );
  return {
    method: parts.method ?? (text === undefined ? "GET" : "POST"),
    url,
    headers: { accept: accepts, ...(type !== undefined && { "content-type": type }), ...Object.fromEntries(own), ...patch.headers },
    body: text,
  };
}

/** A path goes after the base, whose own path is kept; a whole address stands alone. */
export function joinUrl(base: URL, path: string): URL {
  if (/^https?:\/\//i.test(path)) return new URL(path);
  const url = new URL(base);
  const [name = "", query] = path.split(/\?(.*)/s);
  url.pathname = `${base.pathname.replace(/\/$/, "")}${name === "" || name.startsWith("/") ? "" : "/"}${name}`;
  if (query !== undefined) for (const [key, value] of new URLSearchParams(query)) url.searchParams.append(key, value);
  return url;
}

function bodyOf(parts: RequestParts, place: Place, patch: PagePatch): { text: string | undefined; type?: string } {
  const form = parts.form === undefined ? undefined : at(parts.form, place);
  if (form !== undefined) {
    const params = new URLSearchParams();
    addParams(params, form);
    for (const [name, value] of patch.body ?? []) params.set(name, String(value));
    return { text: params.toString(), type: "application/x-www-form-urlencoded" };
  }
  if (parts.body === undefined && patch.body === undefined) return { text: undefined };
  const body = parts.body === undefined ? {} : at(parts.body, place);
  const patched = (patch.body ?? []).reduce((whole, [name, value]) => withValue(whole, name.split("."), value), body);
  return { text: JSON.stringify(patched), type: "application/json" };
}

function withValue(target: Json, [name, ...rest]: readonly string[], value: Json): Json {
  if (name === undefined) return value;
  const object = isObject(target) ? (target as Record<string, Json>) : {};
  return { ...object, [name]: withValue(object[name] ?? {}, rest, value) };
}

function addParams(to: URLSearchParams, params: Params): void {
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) for (const each of value) to.append(name, String(each));
    else to.set(name, String(value));
  }
}

function at<T>(part: At<T>, place: Place): T {
  return typeof part === "function" ? (part as (place: Place) => T)(place) : part;
}
