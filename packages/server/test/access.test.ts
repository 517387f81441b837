/** Who may use the API: hosts, tokens, roles, and requests that other pages make a browser send. */
import { openProject } from "@tapline/runner";
import { expect, test } from "vitest";
import { accessOf } from "../src/api/access.ts";
import { routes } from "../src/api/routes.ts";
import { noteRun, serveProject } from "./served.ts";

const jobs = { plugins: { "tap-a": {}, "target-b": {} }, jobs: { pipe: ["tap-a target-b"] } };
const tokens = {
  reader: { token: "$READER", role: "read" },
  runner: { token: "$RUNNER", role: "run" },
  editor: { token: "$EDITOR_TOKEN", role: "edit" },
};
const env = { READER: "r".repeat(32), RUNNER: "x".repeat(32), EDITOR_TOKEN: "e".repeat(32) };
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const body = { words: ["pipe"] };

test("a name that is not the server's own gets no answer, also not the page", async () => {
  await using served = await serveProject({ ...jobs, server: { hosts: ["tapline.example.com"] } });
  const ask = async (host: string, path: string) => (await served.app.request(path, { headers: { host } })).status;
  expect(await ask("evil.example.com", "/api/session")).toBe(403);
  expect(await ask("evil.example.com", "/")).toBe(403);
  expect(await ask("127.0.0.1.evil.example.com", "/healthz")).toBe(403);
  for (const host of ["127.0.0.1:4040", "localhost:4040", "[::1]:4040", "192.168.1.5:4040", "Tapline.example.com"])
    expect(await ask(host, "/healthz")).toBe(200);
});

test("without tokens this machine may do everything, unless the server is read-only", async () => {
  await using open = await serveProject(jobs);
  expect((await open.ask("GET", "/api/session"))[1].role).toBe("edit");
  await using closed = await serveProject(jobs, { readOnly: true });
  expect((await closed.ask("GET", "/api/session"))[1]).toMatchObject({ role: "read", read_only: true });
  expect(await closed.ask("POST", "/api/runs", { body })).toMatchObject([403, { error: { code: "role_too_low" } }]);
});

test("with tokens each role may do what it may, and nobody else anything", async () => {
  await using served = await serveProject({ ...jobs, server: { tokens } }, { env });
  const id = await noteRun(served.folder, { at: "2026-01-31T10:15:00.000Z" });
  for (const { path, method } of routes) {
    const [status] = await served.ask(method, path.replace(":id", id));
    expect([path, status]).toEqual([path, 401]);
  }
  for (const path of [`/api/runs/${id}/events`, `/api/runs/${id}/log.txt`, "/metrics"])
    expect((await served.ask("GET", path))[0]).toBe(401);
  expect((await served.ask("GET", "/api/runs", bearer("wrong".repeat(8))))[0]).toBe(401);
  expect((await served.ask("GET", "/api/runs", bearer(env.READER)))[0]).toBe(200);
  expect((await served.ask("POST", "/api/runs", { body, ...bearer(env.READER) }))[0]).toBe(403);
  expect((await served.ask("POST", "/api/runs", { body, ...bearer(env.RUNNER) }))[0]).toBe(200);
  expect(served.started).toMatchObject([{ words: ["pipe"], tags: { by: "runner" } }]);
  const edit = { body: { value: "{}", expected: null } };
  const path = "/api/state?id=dev:tap-a-to-target-b";
  expect((await served.ask("PUT", path, { ...edit, ...bearer(env.RUNNER) }))[0]).toBe(403);
  expect((await served.ask("PUT", path, { ...edit, ...bearer(env.EDITOR_TOKEN) }))[0]).toBe(200);
  expect((await served.ask("GET", `/api/runs?token=${env.READER}`))[0]).toBe(401);
});

test("a change is taken only from the page itself", async () => {
  await using served = await serveProject(jobs);
  const refused = [
    { "x-tapline": "0" },
    { origin: "https://evil.example.com" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const headers of refused)
    expect(await served.ask("POST", "/api/runs", { body, headers: headers as never })).toMatchObject([
      403,
      { error: { code: "request_foreign" } },
    ]);
  const own = { origin: "http://127.0.0.1:4040", "sec-fetch-site": "same-origin" };
  expect((await served.ask("POST", "/api/runs", { body, headers: own }))[0]).toBe(200);
});

test("a body that is too large is not read", async () => {
  await using served = await serveProject(jobs);
  const [status, { error }] = await served.ask("POST", "/api/runs", { body: { words: ["x".repeat(17 * 2 ** 20)] } });
  expect([status, error.code]).toEqual([413, "body_too_large"]);
});

test("every answer has the headers that keep a browser safe", async () => {
  await using served = await serveProject(jobs);
  for (const path of ["/", "/api/session", "/healthz", "/api/none"]) {
    const { headers } = await served.app.request(path, { headers: { host: "localhost" } });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  }
});

test("beyond this machine the server does not start without tokens, nor with short ones", async () => {
  await using served = await serveProject(jobs);
  const access = (file: object, host: string) => () => {
    const project = openProject(served.folder, env);
    return accessOf({ ...project, parsed: { ...project.parsed, file: { ...project.parsed.file, ...file } } }, { host, readOnly: true });
  };
  expect(access({}, "0.0.0.0")).toThrow("nobody needs a token");
  expect(access({ server: { tokens: { a: { token: "short", role: "read" } } } }, "127.0.0.1")).toThrow("fewer than 20 characters");
  expect(access({ server: { tokens } }, "0.0.0.0")).not.toThrow();
});
