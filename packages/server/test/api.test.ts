/** Every answer of the API is held to the schema in its OpenAPI document. */
import { openProject, openStore } from "@tapline/runner";
import { expect, test } from "vitest";
import { startAskedRun } from "../src/asked-run.ts";
import { systemClock } from "../src/clock.ts";
import { errors } from "../src/errors.ts";
import { keepState, noteRun, serveProject, stateId } from "./served.ts";

const plain = {
  plugins: { "tap-a": { config: { password: "swordfish1" } }, "target-b": {} },
  jobs: { pipe: { steps: ["tap-a target-b"], fresh_within: "1h" } },
  schedules: [{ name: "nightly", cron: "0 2 * * *", job: "pipe" }],
  sensors: [{ name: "arrivals", files: "inbox/*.csv", job: "pipe" }],
};

test("a pipeline shows its runs, what starts it, and that it is stale", async () => {
  await using served = await serveProject(plain);
  await noteRun(served.folder, { at: "2026-01-31T10:15:00.000Z" });
  const [, { pipelines }] = await served.ask("GET", "/api/pipelines");
  expect(pipelines).toMatchObject([
    {
      ...{
        name: "pipe",
        environment: "dev",
        steps: ["tap-a target-b"],
        plugins: ["tap-a", "target-b"],
        rows_today: 0,
        is_stale: true,
        fresh_within_seconds: 3600,
      },
      triggers: [
        { kind: "schedule", name: "nightly", when: "0 2 * * * UTC", waiting: { reason: "no_server" } },
        { kind: "sensor", name: "arrivals", files: [] },
      ],
      runs: [{ run_id: "20260131T101500Z-1a2b3c4d", status: "done", rows: { loaded: 2, rejected: 1 } }],
    },
  ]);
});

test("a pipe that ran without a job is a pipeline too, and starts by its words", async () => {
  await using served = await serveProject({ plugins: plain.plugins });
  const request = { words: ["tap-a", "target-b"] };
  await noteRun(served.folder, { at: "2026-01-31T10:15:00.000Z", name: "tap-a target-b", request });
  const [, { pipelines }] = await served.ask("GET", "/api/pipelines");
  expect(pipelines).toMatchObject([{ name: "tap-a target-b", words: ["tap-a", "target-b"] }]);
});

test("a pipe whose plugins are gone does not hide the others", async () => {
  await using served = await serveProject(plain);
  await noteRun(served.folder, { at: "2026-01-31T10:15:00.000Z", name: "tap-x gone", request: { words: ["tap-x", "gone"] } });
  const [, { pipelines }] = await served.ask("GET", "/api/pipelines");
  expect(pipelines).toMatchObject([{ name: "pipe" }, { name: "tap-x gone", steps: ["tap-x gone"], plugins: [] }]);
});

test("runs come page by page, and by what is sought", async () => {
  await using served = await serveProject(plain);
  for (const minute of ["10", "11", "12"]) await noteRun(served.folder, { at: `2026-01-31T10:${minute}:00.000Z`, tags: { team: minute } });
  await noteRun(served.folder, { at: "2026-01-31T10:13:00.000Z", status: "failed" });
  const ids = ({ runs }: { runs: { run_id: string }[] }) => runs.map(({ run_id }) => run_id.slice(11, 13));
  const [, first] = await served.ask("GET", "/api/runs?limit=2");
  expect(ids(first)).toEqual(["13", "12"]);
  const [, second] = await served.ask("GET", `/api/runs?limit=2&before=${first.older}`);
  expect([ids(second), second.older]).toEqual([["11", "10"], null]);
  expect(ids((await served.ask("GET", "/api/runs?status=failed"))[1])).toEqual(["13"]);
  expect(ids((await served.ask("GET", "/api/runs?tag=team%3D11"))[1])).toEqual(["11"]);
  expect(await served.ask("GET", "/api/runs?limit=x")).toMatchObject([400, { error: { code: "request_malformed" } }]);
});

test("a run shows its streams with whether they add up, its checks and nodes; a run that is not there is 404", async () => {
  await using served = await serveProject(plain);
  const id = await noteRun(served.folder, { at: "2026-01-31T10:15:00.000Z" });
  const [, { steps, can_cancel, can_retry }] = await served.ask("GET", `/api/runs/${id}`);
  expect([can_cancel, can_retry]).toEqual([false, false]);
  expect(steps[0].streams).toMatchObject([{ stream: "items", read: 3, loaded: 2, rejected: 1, adds_up: true, bookmark_after: "id 3" }]);
  expect(steps[0].checks).toMatchObject([{ status: "passed", text: "items: id is not null: 3 rows looked at" }]);
  expect(await served.ask("GET", "/api/runs/20200101T000000Z-00000000")).toMatchObject([404, { error: { code: "run_not_known" } }]);
});

test("a stream that lost a row does not add up, and one whose target did not report is not judged", async () => {
  await using served = await serveProject(plain);
  const addsUp = async (at: string, counts: object): Promise<boolean | null> => {
    const id = await noteRun(served.folder, { at, counts });
    return (await served.ask("GET", `/api/runs/${id}`))[1].steps[0].streams[0].adds_up;
  };
  expect(await addsUp("2026-01-31T10:15:00.000Z", { loaded: 1 })).toBe(false);
  expect(await addsUp("2026-01-31T10:16:00.000Z", { loaded: null })).toBe(null);
  expect(await addsUp("2026-01-31T10:17:00.000Z", { loaded: 1, superseded: 1 })).toBe(true);
});

test("a stream has its past in the runs of the job", async () => {
  await using served = await serveProject(plain);
  const id = await noteRun(served.folder, { at: "2026-01-31T10:15:00.000Z" });
  const [, found] = await served.ask("GET", "/api/stream?job=pipe&environment=dev&stream=items");
  expect(found.runs).toMatchObject([{ run_id: id, step: 0, result: { loaded: 2 } }]);
  expect((await served.ask("GET", "/api/stream?job=pipe&environment=dev&stream=none"))[0]).toBe(404);
  expect((await served.ask("GET", "/api/streams"))[1].streams).toMatchObject([
    { job: "pipe", stream: "items", target: "target-b", loaded: 2 },
  ]);
});

test("a stream that the last run did not have is shown as the one before left it", async () => {
  await using served = await serveProject(plain);
  const first = await noteRun(served.folder, { at: "2026-01-31T10:15:00.000Z" });
  const counts = { stream: "customers", table: "main.customers", loaded: 1 };
  const second = await noteRun(served.folder, { at: "2026-01-31T11:15:00.000Z", counts });
  const third = await noteRun(served.folder, { at: "2026-01-31T12:15:00.000Z", counts: { ...counts, loaded: 5 } });
  expect(second).not.toBe(third);
  const { streams } = (await served.ask("GET", "/api/streams"))[1];
  expect(streams.map(({ stream, loaded, run_id }: Record<string, unknown>) => [stream, loaded, run_id])).toEqual([
    ["customers", 5, third],
    ["items", 2, first],
  ]);
  const { nodes } = (await served.ask("GET", "/api/lineage"))[1];
  expect(nodes.map(({ id, run_id }: Record<string, unknown>) => [id, run_id])).toEqual(
    expect.arrayContaining([
      ["tap-a/items", first],
      ["tap-a/customers", third],
    ]),
  );
});

test("back-fills have all their partitions, also those that were not begun", async () => {
  await using served = await serveProject(plain);
  const id = "20260301T101500Z-1a2b3c4d";
  const runId = "20260301T101501Z-1a2b3c4d";
  const backfill = {
    ...{ id, words: ["pipe"], environment: "dev", mode: "upsert", from: "2026-01-01", to: "2026-03-01", by: "month", timezone: "UTC" },
    ...{ stateIds: [], parts: ["2026-01", "2026-02"], status: "open", startedAt: "2026-03-01T10:15:00.000Z", endedAt: null },
  };
  const part = {
    backfill: id,
    name: "2026-01",
    status: "failed",
    attempts: [{ runId, startedAt: "" }],
    rows: 7,
    error: "no table",
    endedAt: null,
  };
  await using store = await openStore(openProject(served.folder, {}), "dev");
  await store.facts.decide("backfill", [id], () => ({ answer: null, write: { [id]: backfill } }));
  await store.facts.decide("partition", [`${id}/2026-01`], () => ({ answer: null, write: { [`${id}/2026-01`]: part } }));
  const { backfills } = (await served.ask("GET", "/api/backfills"))[1];
  expect(backfills).toMatchObject([{ id, name: "pipe", status: "open", from: "2026-01-01", to: "2026-03-01" }]);
  expect(backfills[0].parts).toEqual([
    { name: "2026-01", status: "failed", rows: 7, run_id: runId, error: "no table" },
    { name: "2026-02", status: "waiting", rows: null, run_id: null, error: null },
  ]);
  expect((await served.ask("GET", "/api/backfills?environment=dev"))[1].backfills).toHaveLength(1);
});

test("checks, lineage, notices and logs of what ran", async () => {
  await using served = await serveProject(plain);
  const id = await noteRun(served.folder, { at: "2026-01-31T10:15:00.000Z" });
  expect((await served.ask("GET", "/api/checks"))[1].checks).toMatchObject([{ job: "pipe", past: [{ run_id: id, status: "passed" }] }]);
  expect((await served.ask("GET", "/api/lineage"))[1].edges).toEqual([
    { from: "tap-a/items", to: "main.items" },
    { from: "main.items", to: "model.shop.a" },
  ]);
  expect((await served.ask("GET", "/api/notices"))[1].notices).toEqual([]);
  expect((await served.ask("GET", `/api/runs/${id}/log`))[1]).toEqual({ lines: [], total: 0, first_error: null });
});

test("settings are shown without secrets, once the plugins were asked", async () => {
  await using served = await serveProject(plain);
  expect((await served.ask("GET", "/api/plugins"))[1]).toMatchObject({ asked_at: null });
  await expect.poll(async () => (await served.ask("GET", "/api/plugins"))[1].asked_at).not.toBe(null);
  const [, answer] = await served.ask("GET", "/api/plugins");
  expect(answer.plugins[0].settings).toMatchObject([{ name: "password", value: "***", is_secret_in_file: true }]);
  expect(answer.problems).toHaveLength(2);
  expect(JSON.stringify(answer)).not.toContain("swordfish");
});

test("a state is changed only if it is as it was shown, and rolled back", async () => {
  await using served = await serveProject(plain);
  const first = '{"bookmarks":{"items":{"replication_key_value":12345678901234567890.1}}}';
  await keepState(served.folder, first);
  const path = `/api/state?id=${stateId}`;
  const [, shown] = await served.ask("GET", path);
  expect(shown.value).toBe(first);
  const second = '{"bookmarks":{}}';
  expect(await served.ask("PUT", path, { body: { value: "{", expected: first } })).toMatchObject([
    400,
    { error: { code: "state_not_json" } },
  ]);
  expect((await served.ask("PUT", path, { body: { value: second, expected: first } }))[0]).toBe(200);
  expect(await served.ask("PUT", path, { body: { value: first, expected: first } })).toMatchObject([
    409,
    { error: { code: "state_changed" } },
  ]);
  const back = `/api/state/rollback?id=${stateId}`;
  expect(await served.ask("POST", back, { body: { expected: first } })).toMatchObject([409, { error: { code: "state_changed" } }]);
  expect((await served.ask("POST", back, { body: { expected: second } }))[0]).toBe(200);
  expect((await served.ask("GET", path))[1]).toMatchObject({
    value: first,
    changes: [{ kind: "rollback" }, { kind: "edit" }, { kind: "set" }],
  });
  expect((await served.ask("GET", "/api/state?id=dev:tap-x-to-target-y"))[0]).toBe(404);
});

test("a job is paused and resumed; a name that is not there is 404", async () => {
  await using served = await serveProject(plain);
  expect((await served.ask("POST", "/api/pipelines/pipe/pause", { body: { reason: "holidays" } }))[0]).toBe(200);
  expect((await served.ask("GET", "/api/pipelines"))[1].pipelines[0].paused).toMatchObject({ reason: "holidays" });
  expect((await served.ask("POST", "/api/pipelines/pipe/resume", { body: {} }))[0]).toBe(200);
  expect((await served.ask("GET", "/api/pipelines"))[1].pipelines[0].paused).toBe(null);
  expect((await served.ask("POST", "/api/pipelines/none/pause", { body: {} }))[0]).toBe(404);
});

test("a run that ends before it is in the history is an error with what it printed", async () => {
  await using served = await serveProject(plain, {
    startRun: (request) =>
      startAskedRun(request, {
        history: { run: () => undefined } as never,
        start: () => ({ ended: Promise.resolve({ exitCode: 64, stderr: "tapline.yml is broken" }), stop: () => {} }),
        runs: { add: () => {}, addAsked: () => {}, stop: async () => {} },
        clock: systemClock,
      }),
  });
  const [status, answer] = await served.ask("POST", "/api/runs", { body: { words: ["pipe"] } });
  expect([status, answer.error.message]).toEqual([400, "The run could not begin (exit code 64): tapline.yml is broken"]);
  expect((await served.ask("POST", "/api/runs", { body: { words: ["pipe"], trigger: { kind: "command" } } }))[0]).toBe(400);
});

test("a fault of the server is told without its text, and reported", async () => {
  await using served = await serveProject(plain, { startRun: () => Promise.reject(new Error("secret detail")) });
  const [status, answer] = await served.ask("POST", "/api/runs", { body: { words: ["pipe"] } });
  expect([status, answer.error.code]).toEqual([500, "answer_failed"]);
  expect(served.problems).toMatchObject([{ message: "secret detail" }]);
  expect(errors.answer_failed({}).message).not.toContain("secret");
});
