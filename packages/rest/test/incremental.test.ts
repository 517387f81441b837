/** Bookmarks: what a second run asks for, what it keeps, and in what order it says so. */
import { type Api, pages, serveApi } from "@tapline/testing/api";
import { numbers, range } from "@tapline/testing/tap-run";
import { expect, test } from "vitest";
import { restStream } from "../src/index.ts";
import { items, rowSchema, rows, runStreams } from "./shop.ts";

const day = (n: number): string => `2024-01-${String(n).padStart(2, "0")}T00:00:00Z`;
/** Ten rows, one a day. */
const daily = range(1, 10).map((id) => ({ id, at: day(id) }));

/** Answers with the rows between `since` and `before`. */
const between = (all = daily): Promise<Api> =>
  serveApi(({ query }) => ({
    json: { data: all.filter(({ at }) => at >= (query.get("since") ?? "") && at < (query.get("before") ?? "3")) },
  }));

const asked = (api: Api): string[] => api.requests.map(({ query }) => query.toString());

test("the second run asks from the bookmark on, which is the source's own text", async () => {
  const at = "2024-01-10T00:00:00.123456+02:00";
  await using api = await between([...daily, { id: 11, at }]);
  const stream = items({ incremental: { cursor: "at", startParam: "since" } });
  const first = await runStreams(api.url, [stream]);
  expect(first.state).toEqual({ bookmarks: { items: { replication_key: "at", replication_key_value: daily[9]?.at } } });
  const second = await runStreams(api.url, [stream], {}, { state: first.state });
  expect(asked(api)).toEqual(["", "since=2024-01-10T00%3A00%3A00Z"]);
  expect(numbers(second.rows("items"))).toEqual([10]);
  const own = { bookmarks: { items: { replication_key: "at", replication_key_value: at } } };
  const third = await runStreams(api.url, [stream], {}, { state: own });
  expect(api.requests.at(-1)?.query.get("since")).toBe(at);
  expect(third.state).toMatchObject({ bookmarks: { items: { replication_key_value: daily[9]?.at } } });
});

test("lookback reads again what is before the bookmark, which never goes back; a server that ignores the start is filtered", async () => {
  await using api = await serveApi(() => ({ json: { data: daily } }));
  const stream = items({ incremental: { cursor: "at", startParam: "since", lookback: "P2D" } });
  const state = { bookmarks: { items: { replication_key: "at", replication_key_value: day(12) } } };
  const sent = await runStreams(api.url, [stream], {}, { state });
  expect(asked(api)).toEqual([new URLSearchParams({ since: day(10) }).toString()]);
  expect(numbers(sent.rows("items"))).toEqual([10]);
  expect(sent.state).toEqual(state);
});

test("a count as the cursor, beyond what a double holds", async () => {
  await using api = await serveApi(() => ({ body: '{"data":[{"id":9007199254740993},{"id":9007199254740995}]}' }));
  const stream = items({ incremental: { cursor: "id", startParam: "since", format: "number", lookback: 1 } });
  const first = await runStreams(api.url, [stream]);
  expect(JSON.stringify(first.state)).toContain('"replication_key_value":9007199254740995');
  const second = await runStreams(api.url, [stream], {}, { state: first.state });
  expect(api.requests.at(-1)?.query.get("since")).toBe("9007199254740994");
  expect(second.rows("items").map((row) => JSON.stringify(row))).toEqual(['{"id":9007199254740995}']);
});

test.each([
  ["a day, for seconds", "2026-01-02", "unix", [1_767_225_600, 1_767_312_000, 1_767_400_000], [2, 3], "1767312000"],
  ["a day, for seconds as text", "2026-01-02", "unix", ["1767225600.5", "1767312000.5"], [2], "1767312000"],
  ["seconds, for instants", "1767312000", "iso", ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00+01:00"], [2], "2026-01-02T00:00:00Z"],
  ["a count", "9", "number", [8, 10, 100], [2, 3], "9"],
] as const)("the first start is %s: what is before it is left out, and nothing else", async (_name, start, format, values, ids, asked) => {
  await using api = await serveApi(() => ({ json: { data: values.map((at, index) => ({ id: index + 1, at })) } }));
  const schema = { type: "object", properties: { id: { type: "integer" }, at: { type: ["integer", "string"] } } };
  const incremental = { cursor: "at", startParam: "since", start, format };
  const sent = await runStreams(api.url, [restStream({ name: "items", path: "/items", schema, records: "$.data[*]", incremental })]);
  expect(numbers(sent.rows("items"))).toEqual(ids);
  expect(api.requests[0]?.query.get("since")).toBe(asked);
});

test("steps of time, each with a bookmark after it", async () => {
  await using api = await between();
  const incremental = {
    cursor: "at",
    startParam: "since",
    endParam: "before",
    start: day(1),
    end: day(11),
    step: "P4D",
    format: "date",
  } as const;
  const sent = await runStreams(api.url, [items({ incremental })]);
  expect(asked(api)).toEqual([
    "since=2024-01-01&before=2024-01-05",
    "since=2024-01-05&before=2024-01-09",
    "since=2024-01-09&before=2024-01-11",
  ]);
  expect(numbers(sent.rows("items"))).toEqual(range(1, 10));
  expect(sent.messages.flatMap(({ type, value }) => (type === "STATE" ? [value.bookmarks.items?.replication_key_value] : []))).toEqual([
    day(4),
    day(8),
    day(10),
    day(10),
  ]);
  await runStreams(api.url, [items({ incremental: { ...incremental, granularity: "P1D" } })]);
  expect(asked(api).slice(3)).toEqual([
    "since=2024-01-01&before=2024-01-04",
    "since=2024-01-05&before=2024-01-08",
    "since=2024-01-09&before=2024-01-11",
  ]);
});

test("a list in falling order ends at the first page that is old", async () => {
  await using api = await serveApi(pages({ rows: daily.toReversed(), size: 2, by: "page" }));
  const stream = items({ paging: { type: "page" }, incremental: { cursor: "at", order: "desc" } });
  const state = { bookmarks: { items: { replication_key: "at", replication_key_value: day(8) } } };
  const sent = await runStreams(api.url, [stream], {}, { state });
  expect(numbers(sent.rows("items"))).toEqual([8, 9, 10]);
  expect(api.requests).toHaveLength(2);
});

test("a stream that breaks off keeps the rows before, and no bookmark that skips others", async () => {
  await using api = await serveApi((request) =>
    request.query.get("page") === "3" ? { status: 404 } : pages({ rows: daily.toReversed(), size: 2, by: "page" })(request),
  );
  const unsorted = await runStreams(api.url, [items({ paging: { type: "page" }, incremental: { cursor: "at" } })]);
  expect(numbers(unsorted.rows("items"))).toEqual([7, 8, 9, 10]);
  expect(JSON.stringify(unsorted.state)).not.toContain("2024");
  expect(unsorted.thrown).toMatchObject({ code: "streams_failed" });
});

/** Requests of several lists come in any order. */
const byNumber = ([a]: readonly unknown[], [b]: readonly unknown[]): number => Number(String(a).slice(7)) - Number(String(b).slice(7));

const parent = restStream({
  name: "items",
  path: "/items",
  schema: rowSchema,
  keys: ["id"],
  records: "$.data[*]",
  incremental: { cursor: "at" },
});
const childOf = (parentRows: "all" | "changed") =>
  restStream({
    name: "lines",
    parent,
    parentRows,
    path: ({ parent: { id } }) => `/items/${id}`,
    query: ({ start }) => ({ since: start }),
    schema: {
      type: "object",
      properties: { item: { type: "integer" }, id: { type: "integer" }, at: { type: "string" }, text: { type: "string" } },
    },
    keys: ["item", "id"],
    fromParent: { item: "id" },
    records: "$.data[*]",
    incremental: { cursor: "at" },
  });

test("a bookmark for each parent's list; all parents are asked, though only new ones are sent", async () => {
  await using api = await serveApi(({ path }) => ({
    json: { data: path === "/items" ? daily : [{ id: 1, at: day(Number(path.slice(7))) }] },
  }));
  const first = await runStreams(api.url, [parent, childOf("all")]);
  expect(first.rows("lines")).toEqual(daily.map(({ id, at }) => ({ item: id, id: 1, at })));
  expect(first.state.bookmarks?.lines).toEqual({
    replication_key: "at",
    partitions: Object.fromEntries(daily.map(({ id, at }) => [`{"id":${id}}`, at])),
  });
  const before = api.requests.length;
  const second = await runStreams(api.url, [parent, childOf("all")], {}, { state: first.state });
  expect(numbers(second.rows("items"))).toEqual([10]);
  const again = api.requests.slice(before);
  expect(again.map(({ path, query }) => [path, query.get("since")]).sort(byNumber)).toEqual([
    ["/items", null],
    ...daily.map(({ id, at }) => [`/items/${id}`, at]),
  ]);
});

test("children of changed parents only; where one fails, the parent's bookmark stays, so that none is left out", async () => {
  let isBroken = true;
  await using api = await serveApi(({ path }) => {
    if (path === "/items") return { json: { data: daily } };
    return isBroken && path === "/items/10" ? { status: 404 } : { json: { data: [{ id: 1, at: day(1) }] } };
  });
  const streams = [parent, childOf("changed")];
  const state = { bookmarks: { items: { replication_key: "at", replication_key_value: day(9) } } };
  const broken = await runStreams(api.url, streams, {}, { state });
  expect(broken.thrown).toMatchObject({ code: "streams_failed", position: { stream: "lines" } });
  expect(numbers(broken.rows("items"))).toEqual([9, 10]);
  expect(broken.state.bookmarks?.items).toEqual(state.bookmarks.items);
  isBroken = false;
  const mended = await runStreams(api.url, streams, {}, { state: broken.state });
  expect(numbers(mended.rows("lines"), "item")).toEqual([9, 10]);
  expect(mended.state.bookmarks?.items).toMatchObject({ replication_key_value: day(10) });
});

test("a parent that comes twice has its list read once, and bookmarks of parents that are gone are dropped", async () => {
  await using api = await serveApi(({ path }) => ({
    json: { data: path === "/items" ? [daily[0], daily[1], daily[0]] : [{ id: 1, at: day(1) }] },
  }));
  const state = { bookmarks: { lines: { replication_key: "at", partitions: { '{"id":1}': day(1), '{"id":99}': day(1) } } } };
  const sent = await runStreams(api.url, [parent, childOf("all")], {}, { state });
  expect(numbers(sent.rows("lines"), "item")).toEqual([1, 2]);
  expect(Object.keys(sent.state.bookmarks?.lines?.partitions as object)).toEqual(['{"id":1}', '{"id":2}']);
});

test("a list of partitions, each with a bookmark, and rows that name theirs", async () => {
  await using api = await serveApi(({ query }) => ({
    json: { data: [{ id: query.get("region") === "eu" ? 1 : 2, at: day(query.get("region") === "eu" ? 3 : 5) }] },
  }));
  const stream = restStream({
    name: "items",
    path: "/items",
    query: ({ partition, start }) => ({ region: partition.region, since: start }),
    partitions: [{ region: "eu" }, { region: "us" }],
    schema: { type: "object", properties: { id: { type: "integer" }, at: { type: "string" }, region: { type: "string" } } },
    fromPartition: { region: "region" },
    records: "$.data[*]",
    incremental: { cursor: "at" },
  });
  const first = await runStreams(api.url, [stream]);
  expect(first.rows("items").map(({ id, region }) => [id, region])).toEqual([
    [1, "eu"],
    [2, "us"],
  ]);
  await runStreams(api.url, [stream], {}, { state: first.state });
  expect(asked(api).slice(2)).toEqual([`region=eu&since=${encodeURIComponent(day(3))}`, `region=us&since=${encodeURIComponent(day(5))}`]);
});

test("STATE never comes before the rows it stands for, however many lists are read at a time", async () => {
  const names = range(1, 40);
  await using api = await serveApi(async ({ path }) => {
    if (path === "/items") return { json: { data: names.map((id) => ({ id, at: day(1) })) } };
    await new Promise((resolve) => setTimeout(resolve, (Number(path.slice(7)) * 7) % 13));
    return { json: { data: range(1, 200).map((id) => ({ id, at: day(2), text: "x".repeat(2000) })) } };
  });
  const sent = await runStreams(api.url, [parent, childOf("all")], { concurrency: 8 });
  const done = new Set<number>();
  let states = 0;
  for (const { type, stream, record, value } of sent.messages) {
    if (type === "RECORD" && stream === "lines") done.add(Number(record.item));
    if (type !== "STATE") continue;
    states++;
    const told = Object.keys((value.bookmarks.lines?.partitions ?? {}) as object).map((key) => JSON.parse(key).id as number);
    for (const id of told) expect(done.has(id)).toBe(true);
  }
  expect(states).toBeGreaterThan(2);
  expect(sent.rows("lines")).toHaveLength(8000);
  expect(sent.rows("lines").map(({ item }) => item)).toEqual(names.flatMap((id) => rows(200).map(() => id)));
});
