/**
 * The descriptions that come with the tap, against answers that we wrote by hand from the published documentation of each API: the way to the
 * next page, the bookmark, the credentials. They were not tried with the APIs themselves.
 */
import { expect, test } from "vitest";
import { knownDefinitions, readDefinition } from "../src/definition/read.ts";
import { runDescription } from "./run-description.ts";

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
  expect(sent.rows("events")).toHaveLength(1);
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

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

test("gitlab: issues by keyset in the header Link, and the notes of those that changed", async () => {
  const sent = await runDescription(
    readDefinition("gitlab"),
    ({ path, query, headers }) => {
      if (path.endsWith("/issues") && query.get("cursor") === null)
        return {
          json: [{ id: 76, iid: 6, project_id: 1, state: "closed", updated_at: "2026-01-04T15:31:51.081Z" }],
          headers: { link: `<http://${headers.host}${path}?cursor=abc&per_page=100>; rel="next", <http://x>; rel="first"` },
        };
      if (path.endsWith("/issues"))
        return { json: [{ id: 77, iid: 7, project_id: 1, state: "opened", updated_at: "2026-01-05T00:00:00.000Z" }] };
      return { json: path.endsWith("/issues/7/notes") ? [{ id: 302, body: "closed", noteable_id: 77 }] : [] };
    },
    { token: "glpat-1", project: "group/project", start_date: "2026-01-01T00:00:00Z" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("issues").map(({ id }) => id)).toEqual([76, 77]);
  expect(sent.rows("issue_notes")).toMatchObject([{ id: 302, issue_iid: 7 }]);
  const [first] = sent.requests.filter(({ path }) => path.endsWith("/issues"));
  expect(first?.path).toBe("/base/projects/group%2Fproject/issues");
  expect(first?.headers["private-token"]).toBe("glpat-1");
  expect(first?.query.get("updated_after")).toBe("2026-01-01T00:00:00Z");
  expect(sent.state.bookmarks?.issues).toMatchObject({ replication_key_value: "2026-01-05T00:00:00.000Z" });
});

test("jira: issues by nextPageToken, comments by startAt", async () => {
  const sent = await runDescription(
    readDefinition("jira"),
    ({ path, query }) => {
      if (path === "/base/search/jql")
        return query.get("nextPageToken") === null
          ? { json: { issues: [{ id: "10002", key: "ED-1", fields: {} }], nextPageToken: "CAEaAggD", isLast: false } }
          : { json: { issues: [{ id: "10003", key: "ED-2", fields: {} }], isLast: true } };
      if (path === "/base/issue/10002/comment") {
        const startAt = Number(query.get("startAt"));
        return { json: { startAt, maxResults: 1, total: 2, comments: [{ id: String(startAt) }] } };
      }
      if (path.endsWith("/comment")) return { json: { startAt: 0, maxResults: 100, total: 0, comments: [] } };
      return { json: path.endsWith("/users/search") ? [] : { values: [], total: 0, isLast: true } };
    },
    { site: "example", email: "me@example.com", token: "t0ken" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("issues").map(({ key }) => key)).toEqual(["ED-1", "ED-2"]);
  expect(sent.rows("comments")).toMatchObject([
    { id: "0", issue_id: "10002" },
    { id: "1", issue_id: "10002" },
  ]);
  expect(sent.requests[0]?.headers.authorization).toBe(basic("me@example.com:t0ken"));
  expect(sent.requests[0]?.query.get("jql")).toBe('created >= "1970-01-01" ORDER BY created');
});

test("zendesk: the incremental export ends at end_of_stream, though it has a next address; other lists by links.next", async () => {
  const sent = await runDescription(
    readDefinition("zendesk"),
    ({ path, query, headers }) => {
      const here = `http://${headers.host}${path}`;
      if (path.endsWith("/cursor.json")) {
        const isLast = query.get("cursor") === "MTU3=";
        const id = isLast ? 2 : 1;
        return {
          json: {
            tickets: [{ id, generated_timestamp: 1_767_300_000 + id }],
            after_url: `${here}?cursor=${isLast ? "MTYw" : "MTU3%3D"}`,
            after_cursor: "MTU3=",
            end_of_stream: isLast,
          },
        };
      }
      const name = path.split("/").at(-1)?.replace(".json", "") ?? "";
      const isSecond = query.get("page[after]") === "x";
      return {
        json: {
          [name]: [{ id: isSecond ? 2 : 1 }],
          meta: { has_more: !isSecond },
          links: { next: `${here}?page%5Bafter%5D=x`, prev: null },
        },
      };
    },
    { subdomain: "example", email: "agent@example.com", token: "t0ken", start_date: "2026-01-01" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("tickets").map(({ id }) => id)).toEqual([1, 2]);
  expect(sent.rows("users").map(({ id }) => id)).toEqual([1, 2]);
  expect(sent.requests[0]?.headers.authorization).toBe(basic("agent@example.com/token:t0ken"));
  expect(sent.requests.find(({ path }) => path.endsWith("/cursor.json"))?.query.get("start_time")).toBe("1767225600");
  expect(sent.state.bookmarks?.tickets).toMatchObject({ replication_key_value: 1_767_300_002 });
});

test("slack: messages of each channel from the last ts on; an error in a 200 fails, a channel without the bot is counted", async () => {
  const answer = (isValid: boolean) =>
    runDescription(
      readDefinition("slack"),
      ({ path, query }) => {
        if (!isValid) return { body: '{"ok":false,"error":"invalid_auth"}' };
        if (path === "/base/users.list") return { json: { ok: true, members: [{ id: "U1" }], response_metadata: { next_cursor: "" } } };
        if (path === "/base/conversations.list")
          return query.get("cursor") === null
            ? { json: { ok: true, channels: [{ id: "C1" }], response_metadata: { next_cursor: "dGVhbTpD" } } }
            : { json: { ok: true, channels: [{ id: "C2" }], response_metadata: { next_cursor: "" } } };
        if (query.get("channel") === "C2") return { body: '{"ok":false,"error":"not_in_channel"}' };
        return { json: { ok: true, messages: [{ type: "message", ts: "1767225600.000200" }], has_more: false } };
      },
      { token: "xoxb-1" },
      isValid ? { state: { bookmarks: { messages: { replication_key: "ts", partitions: { '{"id":"C1"}': "1767225599.000100" } } } } } : {},
    );
  const sent = await answer(true);
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("channels").map(({ id }) => id)).toEqual(["C1", "C2"]);
  expect(sent.rows("messages")).toEqual([{ type: "message", ts: "1767225600.000200", channel: "C1" }]);
  expect(sent.requests.find(({ query }) => query.get("channel") === "C1" && query.has("oldest"))?.query.get("oldest")).toBe(
    "1767225599.000100",
  );
  expect(sent.warnings.join()).toContain("1 answer with the status 200 was ignored");
  expect(String(((await answer(false)).thrown as Error).message)).toContain("invalid_auth");
});

test("notion: a search in falling order of last_edited_time, its cursor in the body", async () => {
  const page = (id: string, at: string) => ({ object: "page", id, last_edited_time: `2026-01-${at}T00:00:00.000Z` });
  const sent = await runDescription(
    readDefinition("notion"),
    ({ path, body, headers }) => {
      expect(headers["notion-version"]).toBe("2022-06-28");
      if (path === "/base/users") return { json: { object: "list", results: [], next_cursor: null, has_more: false } };
      const given = JSON.parse(body);
      if (given.filter.value === "database") return { json: { object: "list", results: [], next_cursor: null, has_more: false } };
      return given.start_cursor === undefined
        ? { json: { object: "list", results: [page("a", "09"), page("b", "08")], next_cursor: "c2", has_more: true } }
        : { json: { object: "list", results: [page("c", "02"), page("d", "01")], next_cursor: "c3", has_more: true } };
    },
    { token: "ntn_1" },
    { state: { bookmarks: { pages: { replication_key: "last_edited_time", replication_key_value: "2026-01-05T00:00:00.000Z" } } } },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("pages").map(({ id }) => id)).toEqual(["a", "b"]);
  const bodies = sent.requests.flatMap(({ body }) => (body.includes('"page"') ? [JSON.parse(body)] : []));
  expect(bodies.map(({ start_cursor: cursor }) => cursor)).toContain("c2");
  expect(bodies.map(({ start_cursor: cursor }) => cursor)).not.toContain("c3");
});

test("airtable: records by the token `offset`", async () => {
  const sent = await runDescription(
    readDefinition("airtable"),
    ({ path, query }) => {
      if (path === "/base/app1/My%20table")
        return query.get("offset") === null
          ? { json: { records: [{ id: "rec1", createdTime: "2026-01-01T00:00:00.000Z", fields: { Name: "a" } }], offset: "itr/rec1" } }
          : { json: { records: [{ id: "rec2", createdTime: "2026-01-02T00:00:00.000Z", fields: { Name: "b", Tags: ["x"] } }] } };
      return { json: path === "/base/meta/bases" ? { bases: [{ id: "app1", name: "A" }] } : { tables: [{ id: "tbl1", fields: [] }] } };
    },
    { token: "pat1", base: "app1", table: "My table" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("records").map(({ fields }) => fields)).toEqual([{ Name: "a" }, { Name: "b", Tags: ["x"] }]);
  expect(sent.rows("tables")).toHaveLength(1);
  expect(sent.requests.find(({ query }) => query.has("offset"))?.query.get("offset")).toBe("itr/rec1");
});

test("shopify: orders by page_info in the header Link, which has all parameters", async () => {
  const sent = await runDescription(
    readDefinition("shopify"),
    ({ path, query, headers }) => {
      if (headers["x-shopify-access-token"] !== "shpat_1") return { status: 401, json: { errors: "[API] Invalid API key" } };
      const name = path.split("/").at(-1)?.replace(".json", "") ?? "";
      if (name !== "orders") return { json: { [name]: [] } };
      if (query.get("page_info") === null)
        return {
          json: { orders: [{ id: 450_789_469, updated_at: "2026-01-01T10:00:00-05:00", total_price: "409.94" }] },
          headers: { link: `<http://${headers.host}${path}?limit=250&page_info=hijgkl>; rel="next"` },
        };
      return { json: { orders: [{ id: 450_789_470, updated_at: "2026-01-02T10:00:00-05:00", total_price: "9.94" }] } };
    },
    { shop: "example", token: "shpat_1", start_date: "2026-01-01T00:00:00Z" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("orders").map(({ id }) => id)).toEqual([450_789_469, 450_789_470]);
  const orders = sent.requests.filter(({ path }) => path.endsWith("/orders.json")).map(({ query }) => Object.fromEntries(query));
  expect(orders).toContainEqual({ updated_at_min: "2026-01-01T00:00:00Z", status: "any", order: "updated_at asc", limit: "250" });
  expect(orders).toContainEqual({ limit: "250", page_info: "hijgkl" });
});

test("asana: tasks of each project by next_page.offset", async () => {
  const sent = await runDescription(
    readDefinition("asana"),
    ({ path, query }) => {
      if (path === "/base/projects") return { json: { data: [{ gid: "1", name: "a" }], next_page: null } };
      if (path !== "/base/tasks") return { json: { data: [], next_page: null } };
      expect(query.get("project")).toBe("1");
      return query.get("offset") === null
        ? {
            json: {
              data: [{ gid: "10", modified_at: "2026-01-01T00:00:00.000Z" }],
              next_page: { offset: "yJ0eXAi", path: "/tasks?offset=yJ0eXAi", uri: "https://app.asana.com/api/1.0/tasks?offset=yJ0eXAi" },
            },
          }
        : { json: { data: [{ gid: "11", modified_at: "2026-01-02T00:00:00.000Z" }], next_page: null } };
    },
    { token: "1/2:3", workspace: "77" },
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("tasks").map(({ gid, project_gid: project }) => [project, gid])).toEqual([
    ["1", "10"],
    ["1", "11"],
  ]);
  expect(sent.state.bookmarks?.tasks).toMatchObject({ partitions: { '{"gid":"1"}': "2026-01-02T00:00:00.000Z" } });
});

test("there are twelve, each with a word on what it reads and on each value that it asks for", () => {
  expect(knownDefinitions()).toHaveLength(12);
  for (const name of knownDefinitions()) {
    const { description, values = {} } = readDefinition(name);
    expect(description).toMatch(/: /);
    for (const value of Object.values(values)) expect(value.description).toBeTruthy();
  }
});
