import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { testDatabase } from "@tapline/testing/postgres";
import { expect, onTestFinished, test } from "vitest";
import { makeProject, start, tapline, until } from "./tapline.ts";

interface Received {
  event: string;
  title: string;
  run_id: string | null;
  id: string;
  text: string;
  headers: Record<string, unknown>;
}

/** A server that keeps what it gets, and answers as `answer` says. */
async function receiver(answer: (response: ServerResponse) => void = (response) => response.end("ok")) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    received.push({ ...(JSON.parse(await text(request)) as Received), headers: request.headers });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/s3cr3t-path` };
}

function notifying(folder: string, channels: object, job: object = {}): void {
  const file = join(folder, "tapline.yml");
  const project = JSON.parse(readFileSync(file, "utf8"));
  project.jobs.pipe = { steps: project.jobs.pipe.steps ?? project.jobs.pipe, retry: { attempts: 1 }, ...job };
  project.notify = { link: "https://example.com/runs/{run_id}", channels };
  writeFileSync(file, JSON.stringify(project));
}

/** The tap dies no more, wherever the next run begins. */
function mend(folder: string): void {
  const file = join(folder, "tapline.yml");
  writeFileSync(file, readFileSync(file, "utf8").replace(',"die_at":2', ""));
}

const all = ["failure", "warning", "recovery", "success", "freshness", "sla"];

test("a failure, then the recovery, are told once each, and no secret is kept anywhere", async () => {
  const { received, url } = await receiver();
  const folder = makeProject({ die_at: 2, die_by: "error" });
  notifying(folder, { hook: { webhook: { url: "$HOOK", secret: "whsec_c2VjcmV0" }, on: all } });
  const env = { HOOK: url };
  expect((await start(folder, ["run", "pipe"], "", env).answer).code).toBe(1);
  expect(received).toMatchObject([
    { event: "failure", title: "Failed: pipe (dev)", headers: { "webhook-signature": expect.stringMatching(/^v1,/) } },
  ]);
  expect(received[0]?.text).toMatch(/\nplugin +tap-test\n[\s\S]*\ncause +\S[\s\S]*\nnext +tapline runs retry \S+\n[\s\S]*\nlink +https:/);
  mend(folder);
  expect((await start(folder, ["run", "pipe"], "", env).answer).code).toBe(0);
  expect(received.map(({ event }) => event)).toEqual(["failure", "recovery"]);
  const listed = await start(folder, ["notify", "list"], "", env).answer;
  expect(listed.out).toMatch(/ sent +hook +recovery +Works again: pipe \(dev\)[\s\S]* sent +hook +failure /);
  expect((await tapline(folder, ["runs", "show"])).out).toMatch(/^told +hook of the recovery: sent$/m);
  const state = join(folder, ".tapline");
  const files = readdirSync(state, { recursive: true, encoding: "utf8" }).map((name) => join(state, name));
  const kept = files
    .filter((name) => existsSync(name) && /\.(db|db-wal|log|json|jsonl)$/.test(name))
    .map((name) => readFileSync(name, "latin1"));
  expect(kept.join("")).not.toMatch(/s3cr3t-path|whsec_/);
});

test("a job that keeps failing by the same cause, and one that can't start, are told once", async () => {
  const { received, url } = await receiver();
  const folder = makeProject({ die_at: 2, die_by: "error" });
  notifying(folder, { hook: { webhook: { url }, on: all } });
  for (let times = 0; times < 3; times++) expect((await tapline(folder, ["run", "pipe", "--full-refresh"])).code).toBe(1);
  expect(received.map(({ event }) => event)).toEqual(["failure"]);
  expect((await tapline(folder, ["runs", "show"])).out).toMatch(
    /^told +hook of the failure: folded \(the cause is that of \S+, which told it\)$/m,
  );
  mend(folder);
  for (let times = 0; times < 2; times++) expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
  const file = join(folder, "tapline.yml");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll('"tap-test target-test"', '"tap-test target-none"'));
  for (let times = 0; times < 2; times++) expect((await tapline(folder, ["run", "pipe"])).code).toBe(2);
  expect(received.map(({ event }) => event)).toEqual(["failure", "recovery", "success", "failure"]);
});

test("a channel that can't be reached is a warning, and changes neither the exit code nor what others are told", async () => {
  const { received, url } = await receiver();
  const folder = makeProject();
  notifying(folder, {
    gone: { slack: "http://127.0.0.1:1/s3cr3t-path", on: all },
    unset: { slack: "$NOT_SET_HERE", on: all },
    program: { command: [process.execPath, "-e", 'process.stdin.pipe(require("fs").createWriteStream("told.json"))'], on: all },
    hook: { webhook: { url }, on: all },
  });
  const { code, err } = await tapline(folder, ["run", "pipe"]);
  expect(code).toBe(0);
  expect(err).toMatch(/gone was not told of the success: 127\.0\.0\.1:1: .*ECONNREFUSED/);
  expect(err).toMatch(/unset was not told of the success: .*NOT_SET_HERE/);
  expect(err).not.toContain("s3cr3t");
  expect(received).toHaveLength(1);
  expect(JSON.parse(readFileSync(join(folder, "told.json"), "utf8"))).toMatchObject({ event: "success", job: "pipe" });
  const { notices } = JSON.parse((await tapline(folder, ["runs", "show", "--json"])).out);
  expect(notices.map((each: { channel: string; outcome: string }) => `${each.channel} ${each.outcome}`).sort()).toEqual([
    "gone refused",
    "hook sent",
    "program sent",
    "unset refused",
  ]);
});

test("a run that is killed between its record and the answer leaves the notice unsure, and nobody is told twice", async () => {
  let isSilent = true;
  const { received, url } = await receiver((response) => void (isSilent || response.end("ok")));
  const folder = makeProject({ die_at: 2, die_by: "error" });
  notifying(folder, { hook: { webhook: { url } } });
  const { child, answer } = start(folder, ["run", "pipe"]);
  await until(() => received.length === 1, "the notice arrived");
  child.kill("SIGKILL");
  await answer;
  isSilent = false;
  expect((await tapline(folder, ["notify", "check"])).out).toBe("");
  expect((await tapline(folder, ["notify", "list"])).out).toMatch(/ unsure +hook +failure /);
  mend(folder);
  expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
  expect(received.map(({ event }) => event)).toEqual(["failure", "recovery"]);
});

test("a run that was killed is told by the next look, once", async () => {
  const { received, url } = await receiver();
  const folder = makeProject({ rows: 100_000, pause_ms: 5 });
  notifying(folder, { hook: { webhook: { url } } });
  const { child, answer } = start(folder, ["run", "pipe"]);
  await until(() => existsSync(join(folder, "loaded.txt")), "rows were loaded");
  child.kill("SIGKILL");
  await answer;
  const checks = await Promise.all([tapline(folder, ["notify", "check"]), tapline(folder, ["notify", "check"])]);
  expect(checks.map(({ code }) => code)).toEqual([0, 0]);
  expect(received).toMatchObject([{ event: "failure", title: "Crashed: pipe (dev)" }]);
  expect((await tapline(folder, ["notify", "check"])).out).toBe("");
});

test("a job whose configuration is wrong is told, a mistake of who typed it is not", async () => {
  const { received, url } = await receiver();
  const folder = makeProject({ word: "$NOT_SET_HERE" });
  notifying(folder, { hook: { webhook: { url } } });
  expect((await tapline(folder, ["run", "pipe", "--limit", "5"])).code).toBe(2);
  expect((await tapline(folder, ["run", "pip"])).code).toBe(2);
  expect(received).toEqual([]);
  expect((await tapline(folder, ["run", "pipe"])).code).toBe(2);
  expect(received).toMatchObject([
    { event: "failure", title: "Could not start: pipe (dev)", text: expect.stringContaining("NOT_SET_HERE") },
  ]);
});

test("a job that is late is told by `notify check`, and a refused notice is sent again later", async () => {
  let status = 500;
  const { received, url } = await receiver((response) => void response.writeHead(status).end());
  const folder = makeProject();
  notifying(folder, { hook: { webhook: { url } } }, { fresh_within: "1s", sla: { within: "1h" } });
  expect((await tapline(folder, ["run", "pipe"])).code).toBe(0);
  expect(received).toEqual([]);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const refused = await tapline(folder, ["notify", "check"]);
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining("hook was not told of the freshness: 127.0.0.1")]);
  status = 200;
  expect((await tapline(folder, ["notify", "check"])).out).toBe("");
  expect(received).toMatchObject([{ event: "freshness", title: "Not fresh: pipe (dev)" }]);
});

test("a run that can't reach its store tells so, and nobody is told twice when it was killed meanwhile", async () => {
  let isSilent = true;
  const { received, url } = await receiver((response) => void (isSilent || response.end("ok")));
  const folder = makeProject();
  notifying(folder, { hook: { webhook: { url } } });
  const file = join(folder, "tapline.yml");
  const project = JSON.parse(readFileSync(file, "utf8"));
  const { host, port, user, password, database } = await testDatabase();
  const there = `postgresql://${user}:${password}@${host}:${port}/${database}`;
  project.state = { backend: "postgres", url: "$STORE", schema: "notices" };
  writeFileSync(file, JSON.stringify(project));
  const { child, answer } = start(folder, ["run", "pipe"], "", { STORE: "postgresql://u:p@127.0.0.1:1/none" });
  await until(() => received.length === 1, "the notice arrived");
  child.kill("SIGKILL");
  await answer;
  isSilent = false;
  expect(received).toMatchObject([{ event: "failure", text: expect.stringContaining("ECONNREFUSED") }]);
  const env = { STORE: there };
  expect(await start(folder, ["notify", "check"], "", env).answer).toMatchObject({ code: 0, out: "" });
  expect((await start(folder, ["notify", "list"], "", env).answer).out).toMatch(/ unsure +hook +failure /);
  expect((await start(folder, ["run", "pipe"], "", env).answer).code).toBe(0);
  expect(received.map(({ event }) => event)).toEqual(["failure", "recovery"]);
  expect((await start(folder, ["notify", "list"], "", env).answer).out).toMatch(/ sent +hook +recovery [\s\S]* unsure +hook +failure /);
});

test("`notify test` says what arrived, and names a channel that is meant", async () => {
  const { received, url } = await receiver();
  const folder = makeProject();
  notifying(folder, { hook: { webhook: { url } }, gone: { slack: "http://127.0.0.1:1/" } });
  expect(await tapline(folder, ["notify", "test", "hook"])).toMatchObject({ code: 0, out: "hook was told of the test\n" });
  expect(received).toMatchObject([{ event: "test" }]);
  expect((await tapline(folder, ["notify", "test"])).code).toBe(1);
  expect(await tapline(folder, ["notify", "test", "hok"])).toMatchObject({ code: 2, err: expect.stringContaining("Did you mean hook?") });
});
