/** Schedules and sensors with real servers and runs: each due time once, whoever is killed. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runsOf, startServer } from "./server.ts";
import { makeProject, tapline, until as untilSoon } from "./tapline.ts";

function schedule(folder: string, parts: object): string {
  const path = join(folder, "tapline.yml");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...parts }));
  return folder;
}

/** Servers start runs, which start plugins: on a busy machine that takes long. */
const until = (isTrue: () => boolean, what: string): Promise<void> => untilSoon(isTrue, what, 120_000);

const everySecond = { name: "often", cron: "* * * * * *", job: "pipe", missed: "all" };

test("a schedule runs its job, the server answers for it, and Ctrl-C ends both", async () => {
  const folder = schedule(makeProject({ rows: 3 }), { schedules: [everySecond] });
  const { child, answer, events } = startServer(folder);
  await until(() => events.some(({ type }) => type === "ended"), "a run ended");
  const { url } = events.find(({ type }) => type === "listening") as unknown as { url: string };
  expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ ok: true });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^tapline_runs_total\{job="pipe",status="done"\} \d+$/m);
  expect((await tapline(folder, ["why", "often"])).out).toMatch(/^often {2}\(schedule, runs pipe in dev\)\n {2}now {6}/);
  child.kill("SIGINT");
  expect((await answer).code).toBe(0);
  const [first] = runsOf(folder).toReversed();
  expect(first).toMatchObject({ name: "pipe", status: "done", trigger: { kind: "schedule", name: "often" } });
});

test("SIGTERM stops the run with the server, and the next server goes on with its tick", async () => {
  const folder = schedule(makeProject({ rows: 40, pause_ms: 100 }), { schedules: [everySecond] });
  const first = startServer(folder);
  await until(() => runsOf(folder).some(({ status }) => status === "running"), "a run is at work");
  first.child.kill("SIGTERM");
  expect((await first.answer).code).toBe(0);
  expect(runsOf(folder)).toMatchObject([{ status: "stopped" }]);
  const [stopped] = runsOf(folder);
  const second = startServer(folder);
  await until(() => runsOf(folder).length > 1, "another run began");
  second.child.kill("SIGTERM");
  await second.answer;
  expect(runsOf(folder)[0]?.trigger).toEqual(stopped?.trigger);
});

test("a run outlives its server, whose successor does not start it again", async () => {
  const folder = schedule(makeProject({ rows: 150, pause_ms: 100 }), { schedules: [{ ...everySecond, missed: "latest" }] });
  const first = startServer(folder);
  await until(() => runsOf(folder).some(({ status }) => status === "running"), "a run is at work");
  const [run] = runsOf(folder);
  first.child.kill("SIGKILL");
  const second = startServer(folder);
  await until(() => second.events.some(({ type }) => type === "listening"), "the next server listens");
  expect((await tapline(folder, ["why", "often"])).out).toContain(`run ${run?.runId} is at work`);
  await until(() => runsOf(folder).some(({ status }) => status === "done"), "the run ended");
  second.child.kill("SIGTERM");
  await second.answer;
  const same = runsOf(folder).filter(({ trigger }) => JSON.stringify(trigger) === JSON.stringify(run?.trigger));
  expect(same).toMatchObject([{ runId: run?.runId, status: "done" }]);
});

test("a file that arrives starts its job once it is complete, and once only", async () => {
  const folder = schedule(makeProject({ rows: 3 }), {
    sensors: [{ name: "inbox", files: "inbox/*.csv", job: "pipe", min_age_seconds: 1 }],
  });
  mkdirSync(join(folder, "inbox"));
  const { child, answer, events } = startServer(folder);
  await until(() => events.some(({ type }) => type === "listening"), "the server listens");
  writeFileSync(join(folder, "inbox/a.csv"), "id\n1\n");
  expect((await tapline(folder, ["why", "inbox"])).out).toMatch(/file {5}inbox\/a.csv: (it was written|the next look|complete)/);
  await until(() => events.some(({ type }) => type === "ended"), "the run ended");
  await new Promise((resolve) => setTimeout(resolve, 5000));
  expect((await tapline(folder, ["why", "inbox"])).out).toContain("inbox/a.csv: the job was started for it");
  child.kill("SIGTERM");
  await answer;
  expect(runsOf(folder)).toMatchObject([{ status: "done", trigger: { kind: "sensor", name: "inbox" } }]);
});

test("a job that can't start is no loop: its tick fails, with the reason", async () => {
  const folder = schedule(makeProject(), { jobs: { pipe: ["tap-test target-none"] }, schedules: [{ ...everySecond, missed: "latest" }] });
  const { code, out } = await tapline(folder, ["tick", "--json"]);
  expect([code, out]).toEqual([0, ""]);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const again = await tapline(folder, ["tick"]);
  expect(again.code).toBe(1);
  expect(again.out).toMatch(/often: run \S+ of pipe failed: .*target-none/);
  expect((await tapline(folder, ["why", "often"])).out).toMatch(/last {5}due \S+ \S+: failed \(run \S+\): .*target-none/);
});

test("two ticks of cron at once run what is due once; what is paused does not run", async () => {
  const folder = schedule(makeProject({ rows: 3 }), { schedules: [{ ...everySecond, cron: "*/30 * * * * *", missed: "latest" }] });
  await tapline(folder, ["tick"]);
  // As if the schedule had been seen long before.
  const { openProject, openStore } = await import("@tapline/runner");
  {
    await using store = await openStore(openProject(folder), "dev");
    const since = "2026-01-01T00:00:00.000Z";
    await store.facts.decide("schedule", ["often"], () => ({ answer: null, write: { often: { signature: "*/30 * * * * * UTC", since } } }));
  }
  expect((await tapline(folder, ["pause", "pipe", "--reason", "inventory"])).out).toContain("tapline resume pipe");
  expect((await tapline(folder, ["tick"])).out).toContain("waits: pipe is paused since");
  expect((await tapline(folder, ["why", "often"])).out).toContain("(inventory)");
  expect((await tapline(folder, ["resume", "pipe"])).out).toBe("Resumed pipe.\n");
  const both = await Promise.all([tapline(folder, ["tick"]), tapline(folder, ["tick"])]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.filter(({ out }) => out.includes("started pipe"))).toHaveLength(1);
  expect(runsOf(folder)).toHaveLength(1);
  expect((await tapline(folder, ["why"])).out).toMatch(/missed {3}more than 999 due times before it/);
});

test("names that are unknown are errors with what to do, and a project without schedules says so", async () => {
  const folder = makeProject();
  expect((await tapline(folder, ["why"])).out).toContain("nothing runs by itself");
  expect((await tapline(folder, ["why", "pipe"])).out).toContain("No schedule and no sensor of this project starts pipe.");
  expect(await tapline(folder, ["pause", "pip"])).toMatchObject({ code: 2, err: expect.stringContaining('"pip" is no job') });
});
