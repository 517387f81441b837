/** A run that is shown from another terminal. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linesOf, makeProject, start, tapline, until } from "./tapline.ts";

const step = ["run", "tap-test", "target-test"];

/** Lines of `--json` without progress and states, which are thinned in the file. */
const typesIn = (out: string): string[] =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).type)
    .filter((type) => type !== "progress" && type !== "state");

test("it shows what the run itself shows, live and later, and ends with its exit code", async () => {
  const folder = makeProject({ rows: 40, pause_ms: 50, state_every: 5 });
  const run = start(folder, [...step, "--json"]);
  await until(() => existsSync(join(folder, ".tapline/runs")) && readdirSync(join(folder, ".tapline/runs")).length > 0, "the run began");
  const live = start(folder, ["runs", "follow", "--json"]);
  const [ran, followed] = await Promise.all([run.answer, live.answer]);
  expect([ran.code, followed.code]).toEqual([0, 0]);
  expect(typesIn(ran.out)).toEqual(["job_started", "run_started", ...typesIn(ran.out).slice(2, -2), "run_finished", "job_finished"]);
  expect(typesIn(followed.out)).toEqual(typesIn(ran.out));
  const later = await tapline(folder, ["runs", "follow"]);
  expect(later).toMatchObject({ code: 0, out: expect.stringMatching(/items +40 +40/), err: expect.stringMatching(/ start dev:tap-test/) });
});

test("a run that crashed is followed to its last event and named as such", async () => {
  const folder = makeProject({ rows: 1000, pause_ms: 50, state_every: 1 });
  const run = start(folder, step);
  await until(() => linesOf(folder, "loaded.txt").length > 0, "rows are loaded");
  const followed = start(folder, ["runs", "follow"]);
  run.child.kill("SIGKILL");
  const { code, err } = await followed.answer;
  expect([code, err]).toEqual([1, expect.stringMatching(/start dev:tap-test(.|\n)*Run \S+ crashed: .*runs retry/)]);
});
