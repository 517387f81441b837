/** Requests and answers as a person may read them: nothing that could be a credential is shown. */
import { isSecretName } from "@tapline/protocol";
import type { Body, PlainRequest } from "../model.ts";

/** @example "GET https://api.example.com/orders?page=2" */
export function describeRequest({ method, url }: Pick<PlainRequest, "method" | "url">): string {
  return `${method} ${describeUrl(url)}`;
}

/** Without a password, values of parameters with a secret's name, and long values, which are often signed. */
export function describeUrl(url: URL): string {
  const query = [...url.searchParams].map(([name, value]) => {
    const shown = isSecretName(name) || /sign?(ature)?$|^key$|credential/i.test(name) || value.length > 40 ? "…" : value;
    return `${name}=${shown}`;
  });
  return `${url.origin}${url.pathname}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}

/** ": " and the beginning of an answer's text; "" where there is none. */
export async function describeAnswer(body: Body, hide: (text: string) => string): Promise<string> {
  const text = (await body.start(300))
    .replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return text === "" ? "" : `: ${hide(text).slice(0, 200)}`;
}
