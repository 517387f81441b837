/** What answers may be: forms and sizes of records, numbers to the last digit, errors in all their shapes, and rules for them. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { pages, serveApi, withTroubles } from "@tapline/testing/api";
import { numbers, range } from "@tapline/testing/tap-run";
import { expect, test } from "vitest";
import { graphql, type Json, restStream } from "../src/index.ts";
import { items, rowSchema, rows, runStreams } from "./shop.ts";

const lines = rows(2500)
  .map((row) => `${JSON.stringify(row)}\n`)
  .join("");

test.each([
  ["JSON lines", { body: lines }, { format: "jsonl" }, 2500],
  ["JSON lines, gzip", { body: gzipSync(lines) }, { format: "jsonl" }, 2500],
  ["JSON lines, encoded", { body: gzipSync(lines), headers: { "content-encoding": "gzip" } }, { format: "jsonl" }, 2500],
  ["JSON lines, Brotli", { body: brotliCompressSync(lines), headers: { "content-encoding": "br" } }, { format: "jsonl" }, 2500],
  [
    "JSON lines, encoded twice",
    { body: gzipSync(deflateSync(lines)), headers: { "content-encoding": "deflate, gzip" } },
    { format: "jsonl" },
    2500,
  ],
  ["a list", { json: rows(7) }, { records: "$" }, 7],
  ["one record", { json: { id: 1 } }, { records: "$" }, 1],
  ["a deep list", { json: { a: [{ b: rows(3) }, { b: rows(2) }] } }, { records: "$.a[*].b" }, 5],
  ["an empty list", { json: { data: [] } }, {}, 0],
  ["no list", { json: { data: null } }, {}, 0],
] as const)("%s", async (_name, answer, form, count) => {
  await using api = await serveApi(() => answer);
  const sent = await runStreams(api.url, [items({ ...form })]);
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("items")).toHaveLength(count);
});

test("CSV and XML: values are texts as they are sent", async () => {
  await using api = await serveApi(({ path }) =>
    path === "/csv"
      ? { body: '\ufeffid;name\n007;"a;b"\n' }
      : { body: "<r><item><id>007</id><name>a &amp; b</name></item><item><id>8</id></item></r>" },
  );
  const schema = { type: "object", properties: { id: { type: "string" }, name: { type: "string" } } } as const;
  const sent = await runStreams(api.url, [
    restStream({ name: "csv", path: "/csv", schema, format: "csv", delimiter: ";" }),
    restStream({ name: "xml", path: "/xml", schema, format: "xml", records: "$.r.item" }),
  ]);
  expect(sent.rows("csv")).toEqual([{ id: "007", name: "a;b" }]);
  expect(sent.rows("xml")).toEqual([{ id: "007", name: "a & b" }, { id: "8" }]);
});

test("what JSON.stringify would change, and columns that are not selected, take the usual way", async () => {
  await using api = await serveApi(({ path }) => ({
    body: path === "/zero" ? '{"data":[{"id":-0}]}' : '{"data":[{"id":1,"more":2,"at":"é\\u00e9"}]}',
  }));
  const sent = await runStreams(api.url, [items({ name: "zero", path: "/zero" }), items()]);
  expect(Object.is(sent.rows("zero")[0]?.id, -0)).toBe(true);
  expect(sent.rows("items")).toEqual([{ id: 1, at: "éé" }]);
  expect(sent.warnings).toEqual([expect.stringContaining('"more"')]);
});

test("numbers keep their digits", async () => {
  const text = '{"data":[{"id":12345678901234567890,"at":"x","price":0.10000000000000000001}]}';
  await using api = await serveApi(() => ({ body: text }));
  const sent = await runStreams(api.url, [restStream({ name: "items", path: "/", records: "data" })]);
  expect(sent.rows("items").map((row) => JSON.stringify(row))).toEqual([
    '{"id":12345678901234567890,"at":"x","price":0.10000000000000000001}',
  ]);
});

test("an answer of 40 MB is streamed from a file, and its token is found after the records", async () => {
  const big = rows(20_000).map(({ id }) => ({ id, at: `"]}\\[{${"é".repeat(1000)}` }));
  await using api = await serveApi(({ query }) =>
    query.has("cursor")
      ? { json: { meta: {}, data: [{ id: 20_001 }], next: null } }
      : { json: { meta: { data: [1, 2], x: [[]] }, data: big, next: "more" } },
  );
  const before = process.memoryUsage().rss;
  const sent = await runStreams(api.url, [items({ paging: { type: "cursor", next: "$.next" } })]);
  expect(sent.thrown).toBeUndefined();
  expect(numbers(sent.rows("items"))).toEqual(range(1, 20_001));
  expect(sent.rows("items")[19_999]).toEqual(big[19_999]);
  expect(process.memoryUsage().rss - before).toBeLessThan(800e6);
});

test.each([
  ["no JSON", { body: "<html>login</html>" }, {}, /the answer is no JSON: .* It begins with "<html>login/],
  ["a list that is missing", { json: { items: [], total: 3 } }, {}, /has nothing at \$\.data\[\*\]; it is an object with "items", "total"/],
  ["records that are none", { json: { data: [1] } }, {}, /\$\.data\[\*\] gives a number where a record/],
  ["a coding that nobody asked for", { body: "x", headers: { "content-encoding": "pack200" } }, {}, /encoded as "pack200", which was not/],
  ["400", { status: 400, json: { error: "bad filter" } }, {}, /GET .*\/items was answered with 400: .*bad filter/],
  ["403", { status: 403 }, {}, /was refused with 403/],
  ["500 for ever", { status: 500, body: "sorry" }, {}, /was answered with 500 in 3 attempts: sorry/],
  [
    "a connection that ends for ever",
    { fault: "hang-up" },
    {},
    /got no whole answer in 3 attempts: the server ended the connection without an answer/,
  ],
  [
    "half a body for ever",
    { json: rows(9), fault: "cut" },
    {},
    /got no whole answer in 3 attempts: the connection ended in the middle of the answer/,
  ],
  [
    "a pause that is too long",
    { status: 429, headers: { "retry-after": "99999" } },
    {},
    /asks to wait 99999 seconds, which is longer than the 900/,
  ],
  [
    "an error in a 200",
    { json: { ok: false } },
    { responses: [{ when: (body: { ok?: boolean }) => body.ok === false, action: "fail" }] },
    /was answered with an error: 200: .*false/,
  ],
] as const)("%s is a clear error", async (_name, answer, more, message) => {
  await using api = await serveApi(() => answer as never);
  const { thrown } = await runStreams(api.url, [items(more as never)], { retries: 2 });
  expect(String((thrown as Error).message)).toMatch(message);
  expect(thrown).toMatchObject({ position: { stream: "items" } });
});

test("a run ends with what it asked of the server", async () => {
  await using api = await serveApi(withTroubles(pages({ rows: rows(30), size: 10, by: "page" }), 2, ["500"]));
  const sent = await runStreams(api.url, [items({ paging: { type: "page" } })]);
  expect(sent.infos.at(-1)).toMatch(/^7 requests \(3 of them again\), 0.0 MB read$/);
});

test("a list that may be missing", async () => {
  await using api = await serveApi(() => ({ json: {} }));
  expect((await runStreams(api.url, [items({ recordsOptional: true })])).thrown).toBeUndefined();
});

test("answers that are ignored are counted and shown; what is to be tried again is, by status, by text and by a test", async () => {
  const broken = new Set(["/items/3", "/items/5"]);
  const once = new Set<string>();
  await using api = await serveApi(({ path }) => {
    if (path === "/items") return { json: { data: rows(6) } };
    if (broken.has(path)) return { status: 404 };
    if (once.has(path)) return { json: { data: rows(1) } };
    once.add(path);
    return [{ status: 418 }, { json: { message: "please wait" } }, { json: { state: "warming" } }][once.size % 3] as never;
  });
  const parent = items();
  const child = restStream({
    name: "lines",
    parent,
    path: ({ parent: { id } }) => `/items/${id}`,
    schema: rowSchema,
    records: "$.data[*]",
    responses: [
      { status: [404], action: "ignore" },
      { status: [418], action: "retry" },
      { text: "please wait", action: "retry" },
      { when: (body) => (body as { state?: string } | undefined)?.state === "warming", action: "retry" },
    ],
  });
  const sent = await runStreams(api.url, [parent, child]);
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("lines")).toHaveLength(4);
  expect(sent.warnings).toEqual([
    expect.stringMatching(/stream "lines": 2 answers with the status 404 were ignored, as its rules say; the first: GET .*\/items\/3/),
  ]);
});

test("GraphQL: errors in an answer of 200 fail", async () => {
  await using api = await serveApi(({ body }) => {
    const { variables } = JSON.parse(body);
    return variables.first === 5
      ? { json: { data: { items: { nodes: rows(5) } } } }
      : { json: { data: null, errors: [{ message: "no field x" }] } };
  });
  const stream = (first: number) =>
    restStream({
      name: "items",
      ...graphql("/graphql", "query($first: Int) { items(first: $first) { nodes { id } } }", { first }),
      records: "$.data.items.nodes",
      schema: rowSchema,
    });
  expect((await runStreams(api.url, [stream(5)])).rows("items")).toHaveLength(5);
  expect(String(((await runStreams(api.url, [stream(6)])).thrown as Error).message)).toContain("no field x");
});

test("a job: made, asked for, read and removed", async () => {
  let polls = 0;
  await using api = await serveApi(({ method, path }) => {
    if (method === "POST") return { json: { id: "j1" } };
    if (method === "DELETE") return { status: 204 };
    if (path === "/jobs/j1") return { json: { state: ++polls < 3 ? "running" : "done", files: ["/files/1", "/files/2"] } };
    return { body: gzipSync(lines) };
  });
  const job = {
    every: 0.01,
    status: "$.state",
    done: ["done"],
    failed: ["failed"],
    poll: (created: Json) => ({ path: `/jobs/${(created as { id: string }).id}` }),
    results: (done: Json) => (done as { files: string[] }).files.map((path) => ({ path })),
    remove: () => ({ method: "DELETE" as const, path: "/jobs/j1" }),
  };
  const sent = await runStreams(api.url, [items({ method: "POST", path: "/jobs", body: {}, format: "jsonl", records: "$", job })]);
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("items")).toHaveLength(5000);
  expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /jobs",
    ...Array(3).fill("GET /jobs/j1"),
    "GET /files/1",
    "GET /files/2",
    "DELETE /jobs/j1",
  ]);
});

test("a rate is shared by streams, and a server's own limits are kept", async () => {
  await using api = await serveApi(pages({ rows: rows(30), size: 10, by: "page" }));
  const streams = ["a", "b"].map((name) => items({ name, path: `/${name}`, paging: { type: "page" } }));
  const since = performance.now();
  await runStreams(api.url, streams, { rate: { requests: 40, perSeconds: 1 } });
  expect(performance.now() - since).toBeGreaterThan(((api.requests.length - 1) * 1000) / 40 - 20);
  const times: number[] = [];
  await using own = await serveApi((request) => {
    times.push(performance.now());
    const left = 2 - (request.number % 3);
    return {
      ...(pages({ rows: rows(30), size: 10, by: "page" })(request) as object),
      headers: { "x-left": String(left), "x-reset": "0.3" },
    };
  });
  await runStreams(own.url, streams.slice(0, 1), { rateHeaders: { remaining: "X-Left", reset: "X-Reset" } });
  expect((times[2] as number) - (times[1] as number)).toBeGreaterThan(280);
});

test("a schema that nobody wrote is made from the rows, and widened by later ones", async () => {
  await using api = await serveApi(({ query }) => ({
    json:
      query.get("page") === "2"
        ? [{ id: 2, more: { a: 1.5 } }]
        : query.get("page") === "3"
          ? []
          : [{ id: 1, day: "2024-01-31", more: { a: 1 } }],
  }));
  const sent = await runStreams(api.url, [restStream({ name: "items", path: "/items", paging: { type: "page" } })]);
  expect(sent.warnings).toEqual([]);
  expect(sent.rows("items")).toEqual([
    { id: 1, day: "2024-01-31", more: { a: 1 } },
    { id: 2, more: { a: 1.5 } },
  ]);
  const schemas = sent.messages.filter(({ type }) => type === "SCHEMA").map(({ schema }) => schema.properties);
  expect(schemas).toHaveLength(2);
  expect(schemas[0]).toMatchObject({ id: { type: ["null", "integer"] }, day: { format: "date" } });
  expect(schemas[1]).toMatchObject({ more: { properties: { a: { type: ["null", "number"] } } } });
});

test("a definition that can't be right is told before the first request", async () => {
  await using api = await serveApi(() => ({ json: [] }));
  for (const [stream, message] of [
    [items({ records: "$.data[?(@.x)]" }), /The path .* can't be read/],
    [items({ incremental: { cursor: "at", lookback: "1 day" } }), /lookback "1 day" is no duration/],
    [restStream({ name: "lines", parent: items(), path: "/x" }), /its parent "items" is not among the streams/],
  ] as const)
    expect(String(((await runStreams(api.url, [stream])).thrown as Error).message)).toMatch(message);
  expect(String(((await runStreams("ftp://x", [items()])).thrown as Error).message)).toContain('"ftp://x" is not an address');
  expect(api.requests).toHaveLength(0);
});
