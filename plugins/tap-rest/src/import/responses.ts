/** What is done with answers that are no success. */
import { isObject } from "@tapline/protocol";
import type { ResponseSettings } from "../definition/schema.ts";
import type { Component } from "./component.ts";
import { dotted, pathOf } from "./template.ts";

const actions: Record<string, ResponseSettings["action"]> = {
  IGNORE: "ignore",
  RETRY: "retry",
  FAIL: "fail",
  SUCCESS: "accept",
  RATE_LIMITED: "retry",
  REFRESH_TOKEN_THEN_RETRY: "refresh",
};

export function importResponses(handler: Component | undefined, note: (what: string) => void): ResponseSettings[] {
  if (!isObject(handler)) return [];
  const { type, error_handlers: handlers, response_filters: filters, backoff_strategies: strategies } = handler as Component;
  if (type === "CompositeErrorHandler") return ((handlers ?? []) as Component[]).flatMap((one) => importResponses(one, note));
  if (type !== undefined && type !== "DefaultErrorHandler") {
    note(`the handling of errors by ${JSON.stringify(type)}`);
    return [];
  }
  for (const strategy of (strategies ?? []) as Component[])
    if (
      !/^(ExponentialBackoffStrategy|ConstantBackoffStrategy|WaitTimeFromHeader|WaitUntilTimeFromHeader)$/.test(String(strategy.type)) ||
      !isRetryAfter(strategy)
    )
      note(`the wait before another try (${strategy.type}): it grows by itself`);
  return ((filters ?? []) as Component[]).flatMap((filter) => ruleOf(filter, note));
}

const isRetryAfter = ({ type, header }: Component): boolean =>
  !/Header$/.test(String(type)) || String(header).toLowerCase() === "retry-after";

function ruleOf(
  { action, http_codes: codes, error_message: message, error_message_contains: contains, predicate }: Component,
  note: (what: string) => void,
): ResponseSettings[] {
  const ours = actions[String(action ?? "FAIL")];
  const leftOut = (what: string): [] => {
    note(what);
    return [];
  };
  if (ours === undefined) return leftOut(`the action ${JSON.stringify(action)} for an answer`);
  const expression = typeof predicate === "string" ? /^\s*\{\{\s*(.*?)\s*\}\}\s*$/s.exec(predicate)?.[1] : undefined;
  const names = expression === undefined ? undefined : dotted(expression);
  const key = expression === undefined ? undefined : /^(["'])([\w-]+)\1\s+in\s+response$/.exec(expression)?.[2];
  const path = names?.[0] === "response" ? pathOf(names.slice(1)) : key === undefined ? undefined : `$.${key}`;
  if (predicate !== undefined && path === undefined) return leftOut(`the condition ${predicate} for an answer`);
  const status = Array.isArray(codes) ? codes.map(Number).filter(Number.isInteger) : undefined;
  if (status === undefined && contains === undefined && path === undefined) return [];
  return [
    {
      ...(status !== undefined && { status }),
      ...(contains !== undefined && { text: String(contains) }),
      ...(path !== undefined && { path }),
      action: ours,
      ...(message !== undefined && ours === "fail" && { message: String(message).replace(/\{\{.*?\}\}/g, "…") }),
    },
  ];
}
