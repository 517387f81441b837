/** The paging of a stream. */
import type { PagingSettings } from "../definition/schema.ts";
import type { Component } from "./component.ts";
import { dotted, pathOf } from "./template.ts";

export function importPaging(paginator: Component | undefined, note: (what: string) => void): PagingSettings | undefined {
  if (paginator === undefined || paginator === null || paginator.type === "NoPagination") return undefined;
  if (paginator.type !== undefined && paginator.type !== "DefaultPaginator") {
    note(`the paging ${JSON.stringify(paginator.type)}`);
    return undefined;
  }
  const strategy = (paginator.pagination_strategy ?? {}) as Component;
  const option = (paginator.page_token_option ?? {}) as Component;
  const sizeOption = paginator.page_size_option as Component | undefined;
  const size = Number(strategy.page_size);
  const sizes = {
    ...(Number.isFinite(size) && size > 0 && { size }),
    ...(sizeOption?.inject_into === "request_parameter" && Number.isFinite(size) && { size_param: String(sizeOption.field_name) }),
  };
  if (strategy.page_size !== undefined && !Number.isFinite(size)) note(`a page size that is computed (${strategy.page_size})`);
  if (sizeOption !== undefined && sizeOption.inject_into !== "request_parameter") note("a page size in another place than the query");
  const place = placeOf(option, note);
  switch (strategy.type) {
    case "PageIncrement":
      return {
        type: "page",
        start: Number(strategy.start_from_page ?? 0),
        ...sizes,
        ...(Number.isFinite(size) && { until: "short" as const }),
        ...place,
      } as PagingSettings;
    case "OffsetIncrement":
      if (!Number.isFinite(size)) return void note("paging by offset without a page size");
      return { type: "offset", ...sizes, size, until: "short" as const, ...place } as PagingSettings;
    case "CursorPagination":
      return cursorOf(strategy, option, place, sizes, note);
    default:
      note(`the paging strategy ${JSON.stringify(strategy.type)}`);
      return undefined;
  }
}

function placeOf(
  { type, inject_into: into, field_name: name, field_path: path }: Component,
  note: (what: string) => void,
): { param?: string; header?: string; body?: string } {
  if (type === "RequestPath" || into === undefined) return {};
  if (into === "request_parameter") return { param: String(name) };
  if (into === "header") return { header: String(name) };
  if (into === "body_json" || into === "body_data") return { body: Array.isArray(path) ? path.join(".") : String(name) };
  note(`a page's token in ${JSON.stringify(into)}`);
  return {};
}

function cursorOf(
  strategy: Component,
  option: Component,
  place: { param?: string; header?: string; body?: string },
  sizes: object,
  note: (what: string) => void,
): PagingSettings | undefined {
  const expression = /^\s*\{\{\s*(.*?)\s*\}\}\s*$/s.exec(String(strategy.cursor_value))?.[1];
  const withoutDefault = expression?.replace(/\.get\(\s*(["'])([^"']+)\1\s*(,\s*[^()]*)?\)/g, "['$2']");
  const names = withoutDefault === undefined ? undefined : dotted(withoutDefault);
  const [root = "", ...rest] = names ?? [];
  const more = moreOf(strategy.stop_condition, root, rest, note);
  const isLink = root === "headers" && rest[0]?.toLowerCase() === "link";
  if (isLink) return { type: "link", rel: rest[1] ?? "next", ...sizes } as PagingSettings;
  if (option.type === "RequestPath" && root === "response")
    return { type: "link", next: pathOf(rest), ...withoutEmpty(more), ...sizes } as PagingSettings;
  if (root === "response") return { type: "cursor", next: pathOf(rest), ...more, ...sizes, ...place } as PagingSettings;
  if (root === "last_record")
    return { type: "cursor", next: `record:${pathOf(rest).slice(2)}`, ...more, ...sizes, ...place } as PagingSettings;
  if (root === "headers" && rest.length === 1)
    return { type: "cursor", next: `header:${rest[0]}`, ...more, ...sizes, ...place } as PagingSettings;
  note(`the next page's token ${JSON.stringify(strategy.cursor_value)}; only the first page is read`);
  return undefined;
}

/** A list by addresses ends where there is none; an empty page with an address is followed. */
const withoutEmpty = ({ stop_on_empty: _, ...more }: ReturnType<typeof moreOf>): object => more;

/**
 * Conditions that say what the paging does anyway: that there is no token, nothing around it, or no records. Others may name a value of the
 * answer that says whether there is more.
 */
function moreOf(
  given: unknown,
  root: string,
  token: readonly string[],
  note: (what: string) => void,
): { has_more?: string; at_end?: string; stop_on_empty?: true } {
  if (given === undefined || given === null) return {};
  const condition = (/^\s*\{\{\s*(.*?)\s*\}\}\s*$/s.exec(String(given))?.[1] ?? String(given)).replace(
    /\.get\(\s*(["'])([^"']+)\1\s*(,\s*[^()]*)?\)/g,
    "['$2']",
  );
  const said: { has_more?: string; at_end?: string; stop_on_empty?: true } = {};
  for (const part of condition.split(/\s+or\s+/)) {
    const one = partOf(part.trim().replace(/^\((.*)\)$/, "$1"), root, token);
    if (one === undefined) {
      note(`the condition that ends the paging, {{ ${condition.trim()} }}: it ends where there is no token`);
      return {};
    }
    Object.assign(said, one);
  }
  return said;
}

function partOf(part: string, root: string, token: readonly string[]): object | undefined {
  const leads = (names: readonly string[] | undefined): boolean =>
    names?.[0]?.toLowerCase() === root.toLowerCase() && names.slice(1).every((name, at) => name.toLowerCase() === token[at]?.toLowerCase());
  if (/^(last_page_size|response\.?[\w.'"[\]]*\s*\|\s*length)\s*(==|<)\s*[01]$|^not\s+last_records?$/.test(part))
    return { stop_on_empty: true };
  const [, quoted, within] = /^not\s+["']([^"']+)["']\s+in\s+(.+)$/.exec(part) ?? /^["']([^"']+)["']\s+not\s+in\s+(.+)$/.exec(part) ?? [];
  if (quoted !== undefined) {
    const around = dotted(within as string);
    return leads(around === undefined ? undefined : [...around, quoted.replace(/^rel="(\w+)"$/, "$1")]) ? {} : undefined;
  }
  const absent =
    /^not\s+(.+)$/.exec(part)?.[1] ??
    /^(.+?)\s+is\s+(?:not\s+defined|none|None)$/.exec(part)?.[1] ??
    /^(.+?)\s*==\s*(?:false|False|none|None|""|''|"null"|'null')$/.exec(part)?.[1] ??
    /^(.+?)\s+is\s+(?:false|False)$/.exec(part)?.[1];
  const names = absent === undefined ? undefined : dotted(absent.trim());
  if (leads(names) || names?.[0] === "headers") return {};
  if (names?.[0] === "response" && names.length > 1) return { has_more: pathOf(names.slice(1)) };
  const present = dotted((/^(.+?)\s*(?:==|is)\s*(?:true|True)$/.exec(part)?.[1] ?? part).trim());
  return present?.[0] === "response" && present.length > 1 ? { at_end: pathOf(present.slice(1)) } : undefined;
}
