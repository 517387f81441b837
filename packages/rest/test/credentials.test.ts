/** Credentials: where they go, when they are renewed, and to whom they are never sent. */
import { createHmac, createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pages, serveApi, withTokens } from "@tapline/testing/api";
import { tapRunner } from "@tapline/testing/tap-run";
import { expect, onTestFinished, test } from "vitest";
import { signAws } from "../src/auth/aws-sigv4.ts";
import {
  type AuthMaker,
  apiKey,
  basic,
  bearer,
  deviceCode,
  fileSecrets,
  hmac,
  jwt,
  login,
  oauth2,
  restTap,
  Type,
  tokensInTurn,
} from "../src/index.ts";
import { items, quick, rows, runStreams } from "./shop.ts";

const one = { json: { data: rows(1) } };

async function seen(auth: AuthMaker) {
  await using api = await serveApi(() => one);
  const sent = await runStreams(api.url, [items()], { auth });
  expect(sent.thrown).toBeUndefined();
  return api.requests[0] as (typeof api.requests)[number];
}

test("keys go where they are told to", async () => {
  expect((await seen(basic("ann", "pässword"))).headers.authorization).toBe(`Basic ${Buffer.from("ann:pässword").toString("base64")}`);
  expect((await seen(bearer("t0ken"))).headers.authorization).toBe("Bearer t0ken");
  expect((await seen(apiKey({ name: "X-Key", value: "k" }))).headers["x-key"]).toBe("k");
  expect((await seen(apiKey({ name: "key", value: "k&", in: "query" }))).query.get("key")).toBe("k&");
  expect((await seen(apiKey({ name: "sid", value: "a b", in: "cookie" }))).headers.cookie).toBe("sid=a%20b");
});

test("a token of its own making, and requests that are signed", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = String(privateKey.export({ type: "pkcs8", format: "pem" })).replaceAll("\n", "\\n");
  const token = (await seen(jwt({ key, claims: { iss: "me" } }))).headers.authorization?.slice(7) ?? "";
  const [head = "", claims = "", signature = ""] = token.split(".");
  expect(createVerify("sha256").update(`${head}.${claims}`).verify(publicKey, signature, "base64url")).toBe(true);
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ iss: "me", exp: expect.any(Number) });
  const message = ({ method, url }: { method: string; url: URL }, time: number) => `${time}${method}${url.pathname}`;
  const request = await seen(hmac({ secret: "s3cret", header: "X-Sign", headers: (time) => ({ "X-Time": String(time) }), message }));
  const text = `${request.headers["x-time"]}GET/items`;
  expect(request.headers["x-sign"]).toBe(createHmac("sha256", "s3cret").update(text).digest("hex"));
});

// Source: AWS, the test suite of Signature Version 4: get-vanilla and get-vanilla-query-order-key-case.
test.each([
  ["/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"],
])("AWS Signature Version 4 of %s", (path, signature) => {
  const request = {
    method: "GET",
    url: new URL(`https://example.amazonaws.com${path}`),
    headers: {} as Record<string, string>,
    body: undefined,
  };
  const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  signAws(request, { ...keys, region: "us-east-1", service: "service" }, new Date("2015-08-30T12:36:00Z"));
  expect(request.headers.authorization).toContain(`SignedHeaders=host;x-amz-date, Signature=${signature}`);
});

test("an access token is got once for all streams, and again when it is refused", async () => {
  await using api = await serveApi(withTokens(pages({ rows: rows(200), size: 10, by: "page" }), 9));
  const auth = oauth2({ tokenUrl: `${api.url}/token`, clientId: "me", clientSecret: "s3cret" });
  const streams = ["a", "b", "c"].map((name) => items({ name, path: `/${name}`, paging: { type: "page" } }));
  const sent = await runStreams(api.url, streams, { auth, concurrency: 3 });
  expect(sent.thrown).toBeUndefined();
  for (const name of ["a", "b", "c"]) expect(sent.rows(name)).toHaveLength(200);
  const tokens = api.requests.filter(({ path }) => path === "/token");
  expect(tokens).toHaveLength(Math.ceil((21 * 3) / 9));
  expect(Object.fromEntries(new URLSearchParams(tokens[0]?.body))).toEqual({
    grant_type: "client_credentials",
    client_id: "me",
    client_secret: "s3cret",
  });
});

test("a token is renewed before it ends", async () => {
  let made = 0;
  await using api = await serveApi(({ path }) =>
    path === "/token" ? { json: { access_token: `t${++made}`, expires_in: made === 1 ? 0.001 : 3600 } } : one,
  );
  await runStreams(api.url, [items({ name: "a" }), items({ name: "b" })], {
    auth: oauth2({ tokenUrl: `${api.url}/token`, username: "ann", password: "pass" }),
  });
  expect(api.requests.filter(({ path }) => path !== "/token").map(({ headers }) => headers.authorization)).toEqual([
    "Bearer t1",
    "Bearer t2",
  ]);
});

test("a device code: a person is told what to open and to type, the refresh token is kept, and the next run needs nobody", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let [asked, refreshes] = [0, 0];
  await using api = await serveApi(({ path, body, headers }) => {
    const given = new URLSearchParams(body);
    if (path === "/device")
      return { json: { device_code: "dev1ce", user_code: "WDJB-MJHT", verification_uri: "https://example.com/device", interval: 0.01 } };
    if (path !== "/token") return headers.authorization?.startsWith("Bearer t") === true ? one : { status: 401 };
    if (given.get("grant_type") === "refresh_token") {
      refreshes++;
      return given.get("refresh_token") === "r1"
        ? { json: { access_token: "t2", refresh_token: "r2" } }
        : { status: 400, json: { error: "invalid_grant" } };
    }
    expect(given.get("device_code")).toBe("dev1ce");
    if (++asked < 3) return { status: 400, json: { error: "authorization_pending" } };
    return { json: { access_token: "t1", refresh_token: "r1", expires_in: 3600 } };
  });
  const options = { deviceUrl: `${api.url}/device`, tokenUrl: `${api.url}/token`, clientId: "me", scope: "read" };
  const run = (url = api.url) =>
    tapRunner(
      restTap({
        name: "tap-shop",
        version: "1.0.0",
        description: "",
        config: Type.Object({}),
        api: { url, ...quick, auth: deviceCode(options) },
        streams: [items()],
        secretsFile: () => join(folder, "secrets.json"),
      }),
    ).runTap({});
  const first = await run();
  expect(first.thrown).toBeUndefined();
  expect(first.rows("items")).toHaveLength(1);
  expect(first.warnings).toEqual([expect.stringMatching(/open https:\/\/example.com\/device and type the code WDJB-MJHT/)]);
  expect(JSON.stringify([first.warnings, first.infos])).not.toMatch(/dev1ce|"t1"|r1/);
  const second = await run();
  expect(second.rows("items")).toHaveLength(1);
  expect([second.warnings, asked, refreshes]).toEqual([[], 3, 1]);
  // The third one is refused with r2, and asks a person again.
  expect((await run()).warnings).toHaveLength(1);
});

test("a person who says no ends the run with the server's word", async () => {
  await using api = await serveApi(({ path }) =>
    path === "/device" ? { json: { device_code: "d", user_code: "u", interval: 0.01 } } : { status: 400, json: { error: "access_denied" } },
  );
  const auth = deviceCode({ deviceUrl: `${api.url}/device`, tokenUrl: `${api.url}/token`, clientId: "me" });
  expect(String(((await runStreams(api.url, [items()], { auth })).thrown as Error).message)).toContain("access_denied");
});

test("credentials that stay refused are one clear error, after one renewal, without a secret in it", async () => {
  await using api = await serveApi(({ path, headers }) =>
    path === "/token"
      ? { json: { access_token: "acc3ss-token" } }
      : { status: 401, json: { error: `no such token ${headers.authorization}` } },
  );
  const sent = await runStreams(api.url, [items()], {
    auth: oauth2({ tokenUrl: `${api.url}/token`, clientId: "a", clientSecret: "s3cret" }),
  });
  expect(String((sent.thrown as Error).message)).toMatch(/GET .*\/items was refused with 401: .*no such token Bearer \*\*\*/);
  expect(api.requests.map(({ path }) => path)).toEqual(["/token", "/items", "/token", "/items"]);
  expect(JSON.stringify([sent.thrown, sent.infos, sent.warnings])).not.toContain("acc3ss");
});

test("a server that gives no token says why, without the secret", async () => {
  await using api = await serveApi(({ body }) => ({ status: 400, body: `invalid_client: ${body}` }));
  const sent = await runStreams(api.url, [items()], {
    auth: oauth2({ tokenUrl: `${api.url}/token`, clientId: "me", clientSecret: "s3cret" }),
  });
  expect(String((sent.thrown as Error).message)).toMatch(/No access token: POST .*\/token answered 400: invalid_client/);
  expect(String((sent.thrown as Error).message)).not.toContain("s3cret");
});

test("a refresh token that is good for one use is kept before the new token is used, and two runs share it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "private", "secrets.json");
  await using api = await serveApi(withTokens(pages({ rows: rows(30), size: 10, by: "page" }), 1000));
  const tap = (refreshToken: string, path: string | undefined = file) =>
    restTap({
      name: "tap-shop",
      version: "1.0.0",
      description: "",
      config: Type.Object({}),
      api: { url: api.url, ...quick, auth: oauth2({ tokenUrl: `${api.url}/token`, refreshToken, clientId: "me" }) },
      streams: [items({ paging: { type: "page" } })],
      secretsFile: () => path,
    });
  const without = await tapRunner(
    restTap({
      ...tap("refresh-0"),
      api: { url: api.url, auth: oauth2({ tokenUrl: `${api.url}/token`, refreshToken: "refresh-0" }) },
      streams: [items()],
    }),
  ).runTap({});
  expect(without.thrown).toMatchObject({ code: "streams_failed", message: expect.stringContaining("no place to keep it") });
  for (let run = 1; run < 3; run++) expect((await tapRunner(tap("refresh-1")).runTap({})).rows("items")).toHaveLength(30);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    [`refresh_token ${new URL(api.url).host} me`]: expect.stringContaining("refresh-3"),
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const login = await tapRunner(tap("refresh-0")).runTap({});
  expect(String((login.thrown as Error).message)).toContain("invalid_grant");
});

test("a file of secrets keeps one of two changes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const place = fileSecrets(join(folder, "secrets.json"));
  const won = await Promise.all(Array.from({ length: 8 }, (_, at) => place.swap("a", undefined, String(at))));
  expect(won.filter(Boolean)).toHaveLength(1);
  expect(await place.get("a")).toBe(String(won.indexOf(true)));
});

test("a login in steps; each uses what the one before gave", async () => {
  await using api = await serveApi(({ path, headers, body }) => {
    if (path === "/csrf") return { headers: { "set-cookie": "csrf=abc123; Path=/" } };
    if (path === "/login")
      return headers["x-csrf"] === "abc123" && JSON.parse(body).user === "ann" ? { json: { session: { id: "sess-1" } } } : { status: 403 };
    return headers.authorization === "Bearer sess-1" ? one : { status: 401 };
  });
  const auth = login({
    steps: [
      { url: `${api.url}/csrf`, take: { csrf: "cookie:csrf" } },
      {
        url: `${api.url}/login`,
        headers: ({ csrf }) => ({ "X-Csrf": csrf ?? "" }),
        body: { user: "ann" },
        take: { token: "$.session.id" },
      },
    ],
  });
  const sent = await runStreams(api.url, [items()], { auth });
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("items")).toHaveLength(1);
});

test("of several tokens the next is taken when one has no quota left", async () => {
  const left: Record<string, number> = { "Bearer a": 3, "Bearer b": 10 };
  await using api = await serveApi((request) => {
    const token = request.headers.authorization ?? "";
    const quota = left[token] ?? 0;
    left[token] = quota - 1;
    return quota > 0 ? pages({ rows: rows(50), size: 10, by: "page" })(request) : { status: 429 };
  });
  const sent = await runStreams(api.url, [items({ paging: { type: "page" } })], { auth: tokensInTurn(["a", "b"]) });
  expect(sent.thrown).toBeUndefined();
  expect(sent.rows("items")).toHaveLength(50);
});

test("no credentials go to another host: not by a next address, not by a redirect, unless it is trusted", async () => {
  await using other = await serveApi(() => ({ json: { data: [{ id: 2 }] } }));
  await using api = await serveApi(({ path }) => {
    if (path === "/moved") return { status: 302, headers: { location: `${other.url}/items?page=9` } };
    return { json: { data: rows(1), next: `${other.url}/items?page=2` } };
  });
  const auth = apiKey({ name: "key", value: "s3cret", in: "query" });
  const next = items({ paging: { type: "link", next: "$.next" }, headers: { "X-Own": "s3cret too" } });
  const shared = { auth, headers: { "X-Shared": "s3cret" } };
  const sent = await runStreams(api.url, [next, items({ name: "moved", path: "/moved" })], shared);
  expect(sent.thrown).toBeUndefined();
  expect([sent.rows("items").length, sent.rows("moved").length]).toEqual([2, 1]);
  expect(other.requests).toHaveLength(2);
  expect(JSON.stringify(other.requests.map(({ headers, query }) => [headers, String(query)]))).not.toContain("s3cret");
  expect(api.requests.every(({ query, headers }) => query.get("key") === "s3cret" && headers["x-shared"] === "s3cret")).toBe(true);
  await runStreams(api.url, [next], { ...shared, trust: [other.url] });
  expect(other.requests.at(-1)?.query.get("key")).toBe("s3cret");
});

test("what is sent goes to no other host: a redirect of a POST, or of a request for a token, is refused", async () => {
  await using other = await serveApi(() => ({ json: {} }));
  await using api = await serveApi(({ path }) => ({ status: path === "/token" ? 303 : 307, headers: { location: `${other.url}${path}` } }));
  const posted = await runStreams(api.url, [items({ method: "POST", body: { a: 1 } })]);
  expect(posted.thrown).toMatchObject({ message: expect.stringContaining("would go to another host") });
  const asked = await runStreams(api.url, [items()], { auth: oauth2({ tokenUrl: `${api.url}/token`, clientId: "a", clientSecret: "b" }) });
  expect(asked.thrown).toMatchObject({ message: expect.stringContaining("a request for a token goes to no other host") });
  expect(other.requests).toHaveLength(0);
});
