/** The request of a stream. */
import { isObject } from "@tapline/protocol";
import type { StreamSettings } from "../definition/schema.ts";
import type { Component } from "./component.ts";
import { template } from "./template.ts";

export function importRequest(
  requester: Component,
  stream: Component,
  base: string,
  names: ReadonlyMap<string, string>,
  note: (what: string) => void,
): Pick<StreamSettings, "path" | "method" | "query" | "headers" | "body" | "form"> {
  const parameters = { ...stream.$parameters, ...requester.$parameters };
  const expression = (text: string): void => note(`the expression {{ ${text} }}`);
  const fillText = (value: unknown): string => template(String(value), expression, names, parameters);
  const params = (given: unknown, what: string): Record<string, string> | undefined => {
    if (given === undefined || given === null || given === "") return undefined;
    if (!isObject(given)) {
      note(`${what} as one text`);
      return undefined;
    }
    const entries = Object.entries(given).map(
      ([name, value]) => [name, isObject(value) || Array.isArray(value) ? JSON.stringify(value) : fillText(value)] as const,
    );
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  const own = fillText(requester.url_base ?? requester.url ?? "");
  const path = fillText(requester.path ?? (requester.url === undefined ? "" : ""));
  const whole = own === "" || own === base ? path : `${own.replace(/\/$/, "")}${path === "" ? "" : `/${path.replace(/^\//, "")}`}`;
  const method = String(requester.http_method ?? "GET").toUpperCase();
  const query = params(requester.request_parameters, "parameters");
  const headers = params(requester.request_headers, "headers");
  const form = params(requester.request_body_data, "a body");
  if (isObject(requester.request_body)) note(`the request's body of the type ${JSON.stringify(requester.request_body.type)}`);
  const body = isObject(requester.request_body_json) ? (deep(requester.request_body_json, fillText) as StreamSettings["body"]) : undefined;
  if (typeof requester.request_body_json === "string") note("a body as one text");
  return {
    path: whole,
    ...(method !== "GET" && { method: method as "POST" }),
    ...(query !== undefined && { query }),
    ...(headers !== undefined && { headers }),
    ...(form !== undefined && { form }),
    ...(body !== undefined && { body }),
  };
}

function deep(value: unknown, fillText: (value: unknown) => string): unknown {
  if (typeof value === "string") return fillText(value);
  if (Array.isArray(value)) return value.map((item) => deep(item, fillText));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, deep(inner, fillText)])) : value;
}
