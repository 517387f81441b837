/** Steps with a mapper between tap and target: the same rule of delivery over two pipes. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { RunResult } from "../src/model/run-event.ts";
import { runStep } from "../src/pipe-run/run.ts";
import { prepareStep } from "../src/plugins/prepare.ts";
import { createStopSwitch } from "../src/process/stop-switch.ts";
import { openProject } from "../src/project/project.ts";
import { bookmarkAt, type FixtureProject, makeProject } from "./fixture-project.ts";

async function runMapped(tap: object, mapper: object, target: object = {}): Promise<FixtureProject & { result: RunResult }> {
  const executable = fileURLToPath(new URL("fixtures/mapper.mjs", import.meta.url));
  const project = makeProject(tap, target, {}, { "map-test": { executable, config: mapper } });
  const opened = openProject(project.folder);
  const result = await runStep({
    project: opened,
    step: await prepareStep({ project: opened, tap: "tap-test", mappers: ["map-test"], target: "target-test" }),
    stop: createStopSwitch(),
    onEvent() {},
  });
  return { ...project, result };
}

test("rows and states pass through it, and what it drops is no disagreement", async () => {
  const { result, loaded, state, leftovers } = await runMapped({ rows: 6 }, {});
  expect(result).toMatchObject({ status: "done", failure: null, streams: [{ sent: 6, received: 3, loaded: 3 }] });
  expect(loaded()).toEqual([2, 4, 6]);
  expect(await state()).toEqual(bookmarkAt(6));
  expect(leftovers()).toEqual([]);
});

test("one that dies has the target stopped first, which never sees its input end", async () => {
  const { result, loaded, state, signals } = await runMapped({ rows: 50, pause_ms: 150, state_every: 3 }, { die_at: 2 });
  expect(result.failure).toMatchObject({ plugin: "map-test", message: expect.stringContaining("KeyError: 'id'") });
  expect(loaded()).toEqual([2]);
  expect(await state()).toEqual(bookmarkAt(3));
  expect(signals()[0]).toBe("target SIGTERM");
});

test("one that leaves early with 0 failed all the same", async () => {
  const { result } = await runMapped({ rows: 50, pause_ms: 20 }, { leave_at: 2 });
  expect(result.failure).toMatchObject({ plugin: "map-test", code: "target_ended_early" });
});

test("one that fails at the end of its input leaves the rows after the last state out", async () => {
  const { result, loaded } = await runMapped({ rows: 5, pause_ms: 150, state_every: 3 }, { die_at_end: true });
  expect(result).toMatchObject({ status: "failed", failure: { plugin: "map-test" } });
  expect(loaded()).toEqual([2]);
});

test("a tap that dies is the cause, and the target never takes its rows for a whole input", async () => {
  const { result, loaded } = await runMapped({ rows: 9, die_at: 4, state_every: 100 }, {});
  expect(result.failure).toMatchObject({ plugin: "tap-test", message: expect.stringContaining("ValueError") });
  expect(loaded()).toEqual([]);
});

test("a target that dies is the cause, no matter which plugin notices first", async () => {
  const { result } = await runMapped({ rows: 200, pause_ms: 5 }, {}, { die_at: 2 });
  expect(result.failure).toMatchObject({ plugin: "target-test", code: "disk_full" });
});
