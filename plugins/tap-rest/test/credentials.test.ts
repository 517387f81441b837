/** Credentials of descriptions that are computed for each request: signatures, logins in steps, tokens in turn, device codes. */
import { createHmac } from "node:crypto";
import { serveApi } from "@tapline/testing/api";
import { expect, test } from "vitest";
import type { AuthSettings, Definition } from "../src/definition/schema.ts";
import { runDescription } from "./run-description.ts";

const described = (auth: AuthSettings): Definition => ({
  name: "x",
  url: "",
  values: { secret: {}, user: {} },
  auth,
  streams: [{ name: "items", path: "/items", query: { page: 1 } }],
});
const values = { secret: "s3cret", user: "ann" };

test("hmac: method, path, query and time are signed", async () => {
  const auth = {
    type: "hmac",
    secret: "{{ config.secret }}",
    message: "{{ timestamp }}{{ method }}{{ path }}?{{ query }}",
    header: "Authorization",
    value: "HMAC {{ config.user }}:{{ signature }}",
    headers: { "X-Time": "{{ timestamp }}" },
    encoding: "base64",
  } satisfies AuthSettings;
  const sent = await runDescription(described(auth), () => ({ json: [{ id: 1 }] }), values);
  expect(sent.thrown).toBeUndefined();
  const [request] = sent.requests;
  const signature = createHmac("sha256", "s3cret").update(`${request?.headers["x-time"]}GET/base/items?page=1`).digest("base64");
  expect(request?.headers.authorization).toBe(`HMAC ann:${signature}`);
});

test("a login in steps: each uses what those before it took, and requests get what is left", async () => {
  let url = "";
  const auth = (): AuthSettings => ({
    type: "login_steps",
    steps: [
      { url: `${url}/nonce`, take: { nonce: "$.nonce" } },
      {
        url: `${url}/login`,
        body: { user: "{{ config.user }}", proof: "{{ taken.nonce }}" },
        take: { session: "cookie:sid", csrf: "header:x-csrf" },
      },
    ],
    send: { cookie: "sid={{ taken.session }}", "X-Csrf": "{{ taken.csrf }}" },
  });
  await using api = await serveApi(({ path, body }) => {
    if (path === "/nonce") return { json: { nonce: "n1" } };
    return JSON.parse(body).proof === "n1" ? { json: {}, headers: { "set-cookie": "sid=abc; Path=/", "x-csrf": "c1" } } : { status: 403 };
  });
  url = api.url;
  const sent = await runDescription(
    described(auth()),
    ({ headers }) => (headers.cookie === "sid=abc" && headers["x-csrf"] === "c1" ? { json: [{ id: 1 }] } : { status: 401 }),
    values,
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("items")).toHaveLength(1);
});

test("tokens in turn: the next one is taken when a quota is used up", async () => {
  const auth = { type: "tokens", tokens: ["{{ config.secret }}", "{{ config.user }}"] } satisfies AuthSettings;
  const sent = await runDescription(
    described(auth),
    ({ headers }) => (headers.authorization === "Bearer ann" ? { json: [{ id: 1 }] } : { status: 429 }),
    values,
  );
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("items")).toHaveLength(1);
});
