/** Leads from page to page of one list. Each list, and each try to read it, has a paginator of its own. */
import type { Json } from "@tapline/sdk";
import { restErrors } from "../errors.ts";
import { describe, type JsonPath, parsePath, valueAt } from "../records/json-path.ts";
import { linkOf } from "./link-header.ts";
import type { CursorPaging, LinkPaging, OffsetPaging, PagePaging, PagePatch, PageSeen, Paging, TokenPlace } from "./paging.ts";

export interface Paginator {
  readonly first: PagePatch;
  /** undefined: it was the last page. @throws paging_invalid, paging_repeats */
  next(page: PageSeen): PagePatch | undefined;
  /** After the last page: a sentence where the list has not the length that the server told. */
  doubt?(): string | undefined;
}

/** Makes paginators; paths are read once. @throws path_invalid */
export function paginators(paging: Paging): () => Paginator {
  switch (paging.type) {
    case "none":
      return () => ({ first: {}, next: () => undefined });
    case "page":
    case "offset":
      return counted(paging);
    case "cursor":
      return cursor(paging);
    case "link":
      return link(paging);
    case "custom":
      return () => {
        const next = paging.make();
        return { first: paging.first ?? {}, next };
      };
  }
}

/** Pages by number, and by the number of the first record. */
function counted(paging: PagePaging | OffsetPaging): () => Paginator {
  const { hasMore, total, until = "empty", size } = paging;
  const [morePath, totalPath] = [pathOf(hasMore), pathOf(total)];
  const pagesPath = pathOf(paging.type === "page" ? paging.pages : undefined);
  const sizeParam = paging.sizeParam ?? (paging.type === "offset" && paging.body === undefined ? "limit" : undefined);
  const first = paging.start ?? (paging.type === "page" ? 1 : 0);
  const place = withParam(paging, paging.type === "page" ? "page" : "offset");
  const patch = (at: number): PagePatch => sized(placed(place, at), sizeParam, size);
  return () => {
    let at = first;
    let read = 0;
    let told: number | undefined;
    return {
      first: patch(at),
      next(page) {
        read += page.records;
        told = totalPath === undefined ? undefined : numberAt(totalPath, page, "the total");
        at += paging.type === "page" ? 1 : page.records;
        if (morePath !== undefined) return isTrue(valueAt(morePath, page.document)) ? patch(at) : undefined;
        if (page.records === 0) return undefined;
        if (until === "short" && size !== undefined && page.records < size) return undefined;
        if (pagesPath !== undefined && at - first >= (numberAt(pagesPath, page, "the number of pages") ?? 0)) return undefined;
        if (told !== undefined && read >= told) return undefined;
        return patch(at);
      },
      doubt: () => (told === undefined || told === read ? undefined : `the server told ${told} records, and its pages have ${read}`),
    };
  };
}

function cursor(paging: CursorPaging): () => Paginator {
  const [, kind, rest = ""] = /^(header|record):(.+)$/.exec(paging.next) ?? [];
  const path = kind === "header" ? undefined : parsePath(kind === "record" ? rest : paging.next);
  const isLast = lastPage(paging);
  const place = withParam(paging, "cursor");
  return () => {
    const check = repeatCheck();
    return {
      first: sized({}, paging.sizeParam, paging.size),
      next(page) {
        if (isLast(page)) return undefined;
        if (page.records === 0 && (paging.stopOnEmpty === true || kind === "record")) return undefined;
        const from = kind === "record" ? page.lastRecord : page.document;
        const token = path === undefined ? page.headers.get(rest) : valueAt(path, from);
        if (token === undefined || token === null || token === "" || token === false) {
          // A record without the value would end the list in silence.
          if (kind === "record")
            throw restErrors.paging_invalid({ page: page.number, what: `${rest} of the last record`, found: describe(token) });
          return undefined;
        }
        const isPlain = typeof token === "string" || typeof token === "number" || "rawJSON" in Object(token);
        if (!isPlain && place.body === undefined)
          throw restErrors.paging_invalid({ page: page.number, what: paging.next, found: describe(token) });
        check(page.number, isPlain ? textOf(token) : JSON.stringify(token));
        return sized(placed(place, place.body !== undefined ? (token as Json) : textOf(token)), paging.sizeParam, paging.size);
      },
    };
  };
}

function link({ next: nextPath, rel = "next", size, sizeParam, ...ends }: LinkPaging): () => Paginator {
  const [path, isLast] = [pathOf(nextPath), lastPage(ends)];
  return () => {
    const check = repeatCheck();
    return {
      first: sized({}, sizeParam, size),
      next(page) {
        if (isLast(page)) return undefined;
        const found = path === undefined ? linkOf(page.headers.get("link") ?? "", rel) : valueAt(path, page.document);
        if (found === undefined || found === null || found === "" || found === false) return undefined;
        if (typeof found !== "string" || !URL.canParse(found, page.url.href))
          throw restErrors.paging_invalid({
            page: page.number,
            what: nextPath ?? `the header Link`,
            found: `${describe(found)}, no address`,
          });
        const url = new URL(found, page.url);
        check(page.number, url.href);
        return { url };
      },
    };
  };
}

/** What the answer itself says of its place. */
function lastPage({ hasMore, atEnd }: Pick<CursorPaging, "hasMore" | "atEnd">): (page: PageSeen) => boolean {
  const [more, end] = [pathOf(hasMore), pathOf(atEnd)];
  return ({ document }) =>
    (more !== undefined && !isTrue(valueAt(more, document))) || (end !== undefined && isTrue(valueAt(end, document)));
}

/** Tokens that were given before would lead in a circle. */
function repeatCheck(): (page: number, token: string) => void {
  const seen = new Set<string>();
  return (page, token) => {
    if (seen.has(token)) throw restErrors.paging_repeats({ page, token: token.length > 40 ? `${token.slice(0, 40)}…` : token });
    seen.add(token);
  };
}

const pathOf = (text: string | undefined): JsonPath | undefined => (text === undefined ? undefined : parsePath(text));

function withParam(place: TokenPlace, name: string): TokenPlace {
  return place.param === undefined && place.header === undefined && place.body === undefined ? { param: name } : place;
}

function placed({ param, header, body }: TokenPlace, value: Json): PagePatch {
  return {
    ...(param !== undefined && { query: { [param]: String(value) } }),
    ...(header !== undefined && { headers: { [header.toLowerCase()]: String(value) } }),
    ...(body !== undefined && { body: [[body, value]] }),
  };
}

function sized(patch: PagePatch, sizeParam: string | undefined, size: number | undefined): PagePatch {
  if (sizeParam === undefined || size === undefined) return patch;
  return { ...patch, query: { ...patch.query, [sizeParam]: String(size) } };
}

function numberAt(path: JsonPath, page: PageSeen, what: string): number | undefined {
  const value = valueAt(path, page.document);
  if (value === undefined || value === null) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number))
    throw restErrors.paging_invalid({ page: page.number, what: `${what} (${path.text})`, found: describe(value) });
  return number;
}

const isTrue = (value: unknown): boolean => ![undefined, null, false, 0, "", "false", "0"].includes(value as null);

const textOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));
