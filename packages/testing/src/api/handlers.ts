/** Parts of which a test makes the API that its tap must bear: lists in pages, and faults between right answers. */
import type { ApiAnswer, ApiHandler, ApiRequest, Fault } from "./server.ts";

export interface PagesOptions {
  readonly rows: readonly unknown[];
  readonly size: number;
  /** How the list is cut: "page" and "offset" by parameters, "cursor" by a token in the answer, "link" by a header, "next" by an address in it. */
  readonly by: "page" | "offset" | "cursor" | "link" | "next";
  /** A lie: the server tells this number of rows. */
  readonly total?: number;
  /** Lies of "cursor": after this page, one without rows in the middle of the list. */
  readonly emptyAfter?: number;
  /** After this page the token leads back to the first one. */
  readonly loopAfter?: number;
}

/** Answers with `{ data, next, total, has_more }` as the options say. */
export function pages({ rows, size, by, total, emptyAfter, loopAfter }: PagesOptions): ApiHandler {
  const last = Math.max(1, Math.ceil(rows.length / size)) + (emptyAfter === undefined ? 0 : 1);
  const rowsOf = (page: number): readonly unknown[] => {
    if (page - 1 === emptyAfter) return [];
    const at = (page - 1 - (emptyAfter !== undefined && page > emptyAfter ? 1 : 0)) * size;
    return rows.slice(at, at + size);
  };
  return ({ query, path, headers }) => {
    if (by === "offset") {
      const [offset, limit] = [Number(query.get("offset") ?? 0), Number(query.get("limit") ?? size)];
      return { json: { data: rows.slice(offset, offset + Math.min(limit, size)), total: total ?? rows.length } };
    }
    const token = query.get(by === "cursor" ? "cursor" : "page");
    const page = token === null ? 1 : Number(token.replace("t", ""));
    const data = rowsOf(page);
    const next = page === loopAfter ? 1 : page + 1;
    const hasMore = page < last || page === loopAfter;
    const more = { total: total ?? rows.length, has_more: hasMore };
    if (by === "page") return { json: { data, ...more } };
    if (by === "cursor") return { json: { data, ...more, next: hasMore ? `t${next}` : null } };
    const first = `http://${headers.host}${path}`;
    const address = `http://${headers.host}${path}?page=${next}`;
    if (by === "next") return { json: { data, ...more, next: hasMore ? address : null } };
    return { json: data, headers: { link: `<${first}>; rel="first"${hasMore ? `, <${address}>; rel="next"` : ""}` } };
  };
}

/** What comes in place of a right answer. */
export type Trouble = "429" | "500" | "503-later" | "html" | Fault;

/** Each `every`th request meets the next trouble of the list; when it is asked again, the right answer comes. */
export function withTroubles(handler: ApiHandler, every: number, troubles: readonly Trouble[]): ApiHandler {
  let met = 0;
  const troubled = new Set<string>();
  return async (request) => {
    const key = `${request.method} ${request.path}?${request.query} ${request.body}`;
    if (troubled.has(key) || request.number % every !== 0) return handler(request);
    troubled.add(key);
    const trouble = troubles[met++ % troubles.length] as Trouble;
    return troubleOf(trouble, await handler(request));
  };
}

function troubleOf(trouble: Trouble, answer: ApiAnswer): ApiAnswer {
  switch (trouble) {
    case "429":
      return { status: 429, headers: { "retry-after": "0" }, body: "too many" };
    case "500":
      return { status: 500, body: "<html><title>sorry</title></html>" };
    case "503-later":
      return { status: 503, headers: { "retry-after": "1" } };
    case "html":
      return { status: 502, body: "<html>bad gateway</html>", headers: { "content-type": "text/html" } };
    default:
      return { ...answer, fault: trouble };
  }
}

/** Tokens that are good for so many requests; each is renewed at /token by the last refresh token, which is then no longer good. */
export function withTokens(handler: ApiHandler, uses: number): ApiHandler {
  let [made, left] = [0, 0];
  return (request: ApiRequest) => {
    if (request.path === "/token") {
      const given = new URLSearchParams(request.body);
      if (given.get("grant_type") === "refresh_token" && given.get("refresh_token") !== `refresh-${made}`)
        return { status: 400, json: { error: "invalid_grant" } };
      made++;
      left = uses;
      return { json: { access_token: `access-${made}`, refresh_token: `refresh-${made}`, expires_in: 3600 } };
    }
    if (request.headers.authorization !== `Bearer access-${made}` || left-- <= 0) return { status: 401, json: { error: "expired" } };
    return handler(request);
  };
}
