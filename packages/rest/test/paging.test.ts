/** Paging against a server that lies, repeats itself, sends empty pages, and fails between. */
import { pages, serveApi, withTroubles } from "@tapline/testing/api";
import { numbers, range } from "@tapline/testing/tap-run";
import { expect, test } from "vitest";
import type { Paging } from "../src/index.ts";
import { restStream } from "../src/index.ts";
import { items, rowSchema, rows, runStreams } from "./shop.ts";

const all = rows(95);
const forms: [by: "page" | "offset" | "cursor" | "link" | "next", paging: Paging, records?: string][] = [
  ["page", { type: "page" }],
  ["page", { type: "page", hasMore: "$.has_more" }],
  ["page", { type: "page", total: "$.total" }],
  ["page", { type: "page", size: 10, until: "short" }],
  ["offset", { type: "offset", size: 10 }],
  ["offset", { type: "offset", size: 10, total: "$.total" }],
  ["cursor", { type: "cursor", next: "$.next", param: "cursor" }],
  ["cursor", { type: "cursor", next: "$.next", hasMore: "$.has_more" }],
  ["link", { type: "link" }, "$[*]"],
  ["next", { type: "link", next: "$.next" }],
];

test.each(forms)("%s %j: all rows once, through every trouble of the net", async (by, paging, records = "$.data[*]") => {
  await using api = await serveApi(withTroubles(pages({ rows: all, size: 10, by }), 2, ["429", "500", "hang-up", "cut", "html"]));
  const sent = await runStreams(api.url, [items({ paging, records })]);
  expect(sent.thrown).toBeUndefined();
  expect(numbers(sent.rows("items"))).toEqual(range(1, 95));
  expect(sent.warnings).toEqual([]);
});

test("a body that stalls is given up and asked for again; one that is only slow is waited for", async () => {
  await using api = await serveApi(withTroubles(pages({ rows: all, size: 50, by: "page" }), 2, ["stall", { slowMs: 300 }]));
  const sent = await runStreams(api.url, [items({ paging: { type: "page" } })], { timeout: 1 });
  expect(numbers(sent.rows("items"))).toEqual(range(1, 95));
});

test("a page without records in the middle does not end a list by cursor, unless set", async () => {
  await using api = await serveApi(pages({ rows: all, size: 10, by: "cursor", emptyAfter: 3 }));
  const paging = { type: "cursor", next: "$.next" } as const;
  expect(numbers((await runStreams(api.url, [items({ paging })])).rows("items"))).toEqual(range(1, 95));
  expect((await runStreams(api.url, [items({ paging: { ...paging, stopOnEmpty: true } })])).rows("items")).toHaveLength(30);
});

test("a token that comes again is an error with stream and page", async () => {
  await using api = await serveApi(pages({ rows: all, size: 10, by: "cursor", loopAfter: 4 }));
  const { thrown } = await runStreams(api.url, [items({ paging: { type: "cursor", next: "$.next" } })]);
  expect(thrown).toMatchObject({ code: "streams_failed", position: { stream: "items" } });
  expect(String((thrown as Error).message)).toContain('Page 5 names "t2" as the next page, which was read before');
});

test("a server that does not know the parameter sends the same page for ever: an error, not a loop", async () => {
  await using api = await serveApi(() => ({ json: { data: rows(10), at: Math.random() } }));
  const { thrown, rows: sent } = await runStreams(api.url, [items({ paging: { type: "page", param: "pg" } })]);
  expect(String((thrown as Error).message)).toContain("Page 2 has the records of page 1 again");
  expect(sent("items").length).toBeLessThanOrEqual(20);
});

test("a total that lies is told; the rows that came stay", async () => {
  await using api = await serveApi(pages({ rows: all, size: 10, by: "offset", total: 200 }));
  const sent = await runStreams(api.url, [items({ paging: { type: "offset", size: 10, total: "$.total" } })]);
  expect(numbers(sent.rows("items"))).toEqual(range(1, 95));
  expect(sent.warnings).toEqual([expect.stringContaining("the server told 200 records, and its pages have 95")]);
});

test("the last record's value leads on; a record without it is an error", async () => {
  await using api = await serveApi(({ query }) => {
    const after = Number(query.get("starting_after") ?? 0);
    return { json: { data: all.slice(after, after + 20), has_more: after + 20 < all.length } };
  });
  const paging = { type: "cursor", next: "record:id", param: "starting_after", hasMore: "$.has_more" } as const;
  expect(numbers((await runStreams(api.url, [items({ paging })])).rows("items"))).toEqual(range(1, 95));
  const wrong = await runStreams(api.url, [items({ paging: { ...paging, next: "record:uid" } })]);
  expect(String((wrong.thrown as Error).message)).toContain("uid of the last record is missing");
});

test("each parent has a paginator of its own, also where their lists are read at a time", async () => {
  await using api = await serveApi(async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const [, , id] = request.path.split("/");
    if (id === undefined) return pages({ rows: rows(30), size: 7, by: "page" })(request);
    return pages({ rows: rows(25).map((row) => ({ id: Number(id) * 100 + row.id })), size: 10, by: "cursor" })(request);
  });
  const parent = restStream({
    name: "items",
    path: "/items",
    schema: rowSchema,
    keys: ["id"],
    records: "$.data[*]",
    paging: { type: "page" },
  });
  const child = restStream({
    name: "lines",
    parent,
    path: ({ parent: { id } }) => `/items/${id}`,
    schema: rowSchema,
    records: "$.data[*]",
    paging: { type: "cursor", next: "$.next" },
  });
  const sent = await runStreams(api.url, [parent, child], { concurrency: 5 });
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("lines").map(({ id }) => id)).toEqual(range(1, 30).flatMap((id) => range(id * 100 + 1, id * 100 + 25)));
  expect(api.mostOpen).toBe(5);
});

test("a token may go to a header or into the body", async () => {
  await using api = await serveApi(({ headers, body }) => {
    const at = Number(headers["x-after"] ?? JSON.parse(body || "{}").variables?.after ?? 0);
    return { json: { data: all.slice(at, at + 40), next: at + 40 < all.length ? at + 40 : null } };
  });
  const inHeader = items({ paging: { type: "cursor", next: "$.next", header: "X-After" } });
  expect((await runStreams(api.url, [inHeader])).rows("items")).toHaveLength(95);
  const inBody = items({ method: "POST", body: { query: "{}" }, paging: { type: "cursor", next: "$.next", body: "variables.after" } });
  expect((await runStreams(api.url, [inBody])).rows("items")).toHaveLength(95);
  expect(JSON.parse(api.requests.at(-1)?.body ?? "")).toEqual({ query: "{}", variables: { after: 80 } });
});
