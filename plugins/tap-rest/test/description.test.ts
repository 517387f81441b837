/** Descriptions: those that come with the tap, those that are imported or drafted, and what is wrong with one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiHandler, pages, serveApi } from "@tapline/testing/api";
import { tapRunner } from "@tapline/testing/tap-run";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { readDefinition } from "../src/definition/read.ts";
import type { Definition } from "../src/definition/schema.ts";
import { importManifest } from "../src/import/manifest.ts";
import tap from "../src/index.ts";
import { inferFrom } from "../src/infer/infer.ts";

/** Runs a description against an API of this machine. */
async function runDescription(definition: Definition, handler: ApiHandler, values: Record<string, string> = {}) {
  await using api = await serveApi(handler);
  const folder = mkdtempSync(join(tmpdir(), "tap-rest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "api.yaml");
  const auth = definition.auth?.type === "oauth2" ? { ...definition.auth, token_url: `${api.url}/token` } : definition.auth;
  writeFileSync(path, stringify({ ...definition, url: `${api.url}/base`, ...(auth !== undefined && { auth }) }));
  return { ...(await tapRunner(tap).runTap({ definition: path, values })), requests: [...api.requests] };
}

// The answers below are written by hand from the published documentation of each API.
test("stripe: customers in pages by the last id, events from the bookmark on", async () => {
  const customers = [1, 2, 3].map((n) => ({ id: `cus_${n}`, object: "customer", created: 1_700_000_000 + n, email: null }));
  const sent = await runDescription(
    readDefinition("stripe"),
    ({ path, query }) => {
      const after = customers.findIndex(({ id }) => id === query.get("starting_after")) + 1;
      if (path === "/base/customers")
        return { json: { object: "list", url: "/v1/customers", has_more: after + 2 < 3, data: customers.slice(after, after + 2) } };
      return { json: { object: "list", has_more: false, data: path === "/base/events" ? [{ id: "evt_1", created: 1_700_000_100 }] : [] } };
    },
    { api_key: "rk_test_1", start_date: "2023-11-01" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("customers").map(({ id }) => id)).toEqual(["cus_1", "cus_2", "cus_3"]);
  expect(sent.requests.every(({ headers, query }) => headers.authorization === "Bearer rk_test_1" && query.get("limit") === "100")).toBe(
    true,
  );
  expect(sent.requests.find(({ path }) => path === "/base/events")?.query.get("created[gte]")).toBe("1698796800");
  expect(sent.state.bookmarks?.events).toEqual({ replication_key: "created", replication_key_value: 1_700_000_100 });
});

test("github: issues by the header Link, and reviews of each pull request", async () => {
  const sent = await runDescription(
    readDefinition("github"),
    ({ path, query, headers }) => {
      if (path.endsWith("/issues") && query.get("page") === null)
        return {
          json: [{ id: 1, updated_at: "2026-01-01T00:00:00Z" }],
          headers: { link: `<http://${headers.host}${path}?page=2>; rel="next"` },
        };
      if (path.endsWith("/issues")) return { json: [{ id: 2, updated_at: "2026-01-02T00:00:00Z" }] };
      if (path.endsWith("/pulls")) return { json: [{ id: 9, number: 7 }] };
      return { json: path.endsWith("/7/reviews") ? [{ id: 70, state: "APPROVED" }] : [] };
    },
    { token: "t", owner: "me", repository: "it" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("issues").map(({ id }) => id)).toEqual([1, 2]);
  expect(sent.rows("pull_reviews")).toEqual([{ id: 70, state: "APPROVED", pull_number: 7 }]);
  expect(sent.requests[0]?.path).toBe("/base/repos/me/it/issues");
});

test("hubspot: a cursor in paging.next.after", async () => {
  const sent = await runDescription(
    readDefinition("hubspot"),
    ({ path, query }) => {
      if (!path.endsWith("/contacts")) return { json: { results: [] } };
      if (query.get("after") === "2") return { json: { results: [{ id: "2", properties: { email: "b@x" } }] } };
      return {
        json: { results: [{ id: "1", properties: { email: "a@x" } }], paging: { next: { after: "2", link: "https://api.hubapi.com/…" } } },
      };
    },
    { token: "t" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("contacts").map(({ id }) => id)).toEqual(["1", "2"]);
});

test("salesforce: a token by client credentials, and nextRecordsUrl", async () => {
  const sent = await runDescription(
    readDefinition("salesforce"),
    ({ path, query, body }) => {
      if (path === "/token")
        return {
          json: { access_token: "00D!x", instance_url: "https://…", token_type: "Bearer", grant: body.includes("client_credentials") },
        };
      const record = (Id: string) => ({ attributes: { type: "Account", url: "/…" }, Id });
      if (path === "/base/query/01g-2000") return { json: { totalSize: 2, done: true, records: [record("2")] } };
      const isAccount = query.get("q")?.endsWith("FROM Account");
      return {
        json: {
          totalSize: isAccount ? 2 : 0,
          done: !isAccount,
          records: isAccount ? [record("1")] : [],
          ...(isAccount && { nextRecordsUrl: "/base/query/01g-2000" }),
        },
      };
    },
    { instance_url: "https://example.my.salesforce.com", client_id: "a", client_secret: "b" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("Account")).toEqual([{ Id: "1" }, { Id: "2" }]);
});

test("a low-code manifest becomes a description that reads the same, and what it can't say is named", async () => {
  const { definition, notes } = importManifest(readFileSync(new URL("manifest.yaml", import.meta.url), "utf8"), "manifest.yaml");
  expect(notes).toEqual([
    expect.stringMatching(/stream "tasks": the filter of records .*record\['id'\] > 5.* can't be said/),
    expect.stringContaining('stream "odd": the whole stream: it is read by "CustomRetriever"'),
  ]);
  expect(definition).toMatchObject({
    url: "https://{{ config.subdomain }}.example.com/api/",
    auth: { type: "bearer", token: "{{ config.api_token }}" },
    values: { subdomain: { description: "The name of the account", secret: false }, start_date: { default: "2024-01-01T00:00:00Z" } },
    streams: [
      {
        name: "projects",
        keys: ["id"],
        paging: { type: "cursor", next: "$.meta.next", param: "cursor", size: 2 },
        incremental: { cursor: "updated_at", start_param: "since" },
        drop: ["secret"],
      },
      { name: "tasks", path: "projects/{{ parent.id }}/tasks", parent: "projects", query: { status: "{{ config.status }}" } },
    ],
  });
  const sent = await runDescription(
    definition,
    ({ path, query }) => {
      if (path.endsWith("/2/tasks")) return { status: 404 };
      if (path.endsWith("/tasks")) return { json: [{ id: 10, status: query.get("status") }] };
      const second = query.get("cursor") === "c2";
      return {
        json: { data: [{ id: second ? 2 : 1, updated_at: "2026-01-01T00:00:00Z", secret: "x" }], meta: second ? {} : { next: "c2" } },
      };
    },
    { subdomain: "shop", api_token: "t", status: "open" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("projects")).toEqual([1, 2].map((id) => ({ id, updated_at: "2026-01-01T00:00:00Z" })));
  expect(sent.rows("tasks")).toEqual([{ id: 10, status: "open" }]);
  expect(sent.requests[0]?.query.get("since")).toBe("2024-01-01T00:00:00Z");
  expect(sent.warnings).toEqual([expect.stringContaining("1 answer with the status 404 was ignored")]);
});

test("a draft of an answer, and of an OpenAPI document, that reads what is there", async () => {
  const openApi = {
    openapi: "3.1.0",
    info: { title: "shop" },
    components: {
      schemas: { Order: { type: "object", properties: { id: { type: "integer" }, total: { type: "number", nullable: true } } } },
    },
    paths: {
      "/orders": {
        get: {
          summary: "Orders",
          parameters: [{ name: "page", in: "query" }],
          responses: {
            200: {
              content: {
                "application/json": {
                  schema: { type: "object", properties: { data: { type: "array", items: { $ref: "#/components/schemas/Order" } } } },
                },
              },
            },
          },
        },
      },
      "/orders/{id}": {
        get: { responses: { 200: { content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } } } },
      },
    },
  };
  const orders = pages({ rows: [1, 2, 3].map((id) => ({ id, total: 1.5 })), size: 2, by: "page" });
  await using api = await serveApi((request) => (request.path === "/openapi.json" ? { json: openApi } : orders(request)));
  const signal = new AbortController().signal;
  const drafted = await inferFrom(`${api.url}/openapi.json`, signal);
  expect(drafted.definition.streams).toMatchObject([
    { name: "orders", keys: ["id"], records: "$.data[*]", paging: { type: "page", param: "page" } },
  ]);
  expect((await runDescription(drafted.definition, orders)).rows("orders")).toHaveLength(3);
  const answered = await inferFrom(`${api.url}/orders`, signal);
  expect(answered.definition.streams).toMatchObject([{ name: "orders", path: "/orders", keys: ["id"], records: "$.data[*]" }]);
  expect(answered.notes.join()).toContain("is a guess by its name");
  await expect(inferFrom(`${api.url}/orders?page=9`, signal)).rejects.toMatchObject({ code: "nothing_to_infer" });
});

test.each([
  ["a misspelt setting", { streams: [{ name: "a", path: "/", pagin: { type: "page" } }] }, /pagin/],
  ["a parent that is none", { streams: [{ name: "a", path: "/", parent: "b" }] }, /the parent "b" of "a" is no stream/],
  ["a value that nobody gave", { streams: [{ name: "a", path: "/{{ config.shop }}" }] }, /`values` has no "shop"/],
  ["code", { streams: [{ name: "a", path: "/{{ process.exit() }}" }] }, /can't be filled in/],
] as const)("%s is told", async (_name, more, message) => {
  const sent = await runDescription({ name: "x", url: "", ...more } as unknown as Definition, () => ({ json: [] }));
  expect(String((sent.thrown as Error).message)).toMatch(message);
});

test("a description that is not there", async () => {
  expect((await tapRunner(tap).runTap({ definition: "strip" })).thrown).toMatchObject({
    code: "definition_unknown",
    hint: expect.stringContaining("stripe"),
  });
  expect((await tapRunner(tap).runTap({ definition: "./none.yaml" })).thrown).toMatchObject({ code: "definition_missing" });
});
