/** A run that is stopped from another terminal. */
import { expect, test } from "vitest";
import { linesOf, makeProject, start, tapline, until } from "./tapline.ts";

const id = "dev:tap-test-to-target-test";
const step = ["run", "tap-test", "target-test"];

async function lastRun(folder: string): Promise<{ run_id: string; status: string }> {
  return JSON.parse((await tapline(folder, ["runs", "list", "--limit", "1", "--json"])).out);
}

test("it ends as with Ctrl-C: what is loaded has its bookmark, and a retry goes on from there", async () => {
  const folder = makeProject({ rows: 400, pause_ms: 20, state_every: 1 });
  const run = start(folder, step);
  await until(() => linesOf(folder, "loaded.txt").length > 2, "rows are loaded");
  const { run_id: runId } = await lastRun(folder);
  const { code, out } = await tapline(folder, ["runs", "cancel", runId]);
  expect([code, out]).toEqual([0, expect.stringMatching(`^Run ${runId} is stopped, after .* tapline runs retry ${runId}`)]);
  expect((await run.answer).code).toBe(130);
  const loaded = linesOf(folder, "loaded.txt").length;
  const state = JSON.parse((await tapline(folder, ["state", "get", id])).out);
  expect(state.bookmarks.items.replication_key_value).toBe(loaded);
  expect(await lastRun(folder)).toMatchObject({ run_id: runId, status: "stopped" });
  const again = await tapline(folder, ["runs", "cancel", runId]);
  expect([again.code, again.err]).toEqual([2, expect.stringContaining(`Run ${runId} has already ended: stopped`)]);
});

test("a run that crashed is named as such", async () => {
  const folder = makeProject({ rows: 400, pause_ms: 20, state_every: 1 });
  const run = start(folder, step);
  await until(() => linesOf(folder, "loaded.txt").length > 0, "rows are loaded");
  run.child.kill("SIGKILL");
  await run.answer;
  const { code, err } = await tapline(folder, ["runs", "cancel", (await lastRun(folder)).run_id]);
  expect([code, err]).toEqual([1, expect.stringMatching(/Run \S+ crashed/)]);
});
