/** Descriptions: those that are imported or drafted, and what is wrong with one. */
import { readFileSync } from "node:fs";
import { pages, serveApi } from "@tapline/testing/api";
import { tapRunner } from "@tapline/testing/tap-run";
import { expect, test } from "vitest";
import type { Definition } from "../src/definition/schema.ts";
import { importManifest } from "../src/import/manifest.ts";
import tap from "../src/index.ts";
import { inferFrom } from "../src/infer/infer.ts";
import { runDescription } from "./run-description.ts";

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
