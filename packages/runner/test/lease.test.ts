/** A run that another machine took for dead: it must not go on beside its successor. */
import { expect, test } from "vitest";
import { openProject } from "../src/project/project.ts";
import { openStore } from "../src/state/open-store.ts";
import { makeProject, run, stateId } from "./fixture-project.ts";

test("a run that lost its place stops both plugins and saves nothing over its successor's state", async () => {
  const project = makeProject({ rows: 2000, pause_ms: 5 });
  const store = await openStore(openProject(project.folder), "dev");
  let taken: Promise<void> | undefined;
  const takeOver = async (): Promise<void> => {
    const [open] = await store.history(stateId, 1);
    await store.markCrashed({ stateId, runId: open?.runId ?? "" });
    await store.change([{ stateId, runId: "successor", kind: "set", value: '{"mine":1}' }]);
  };
  const { result } = await run(project, {
    onEvent({ type }) {
      if (type === "state") taken ??= takeOver();
    },
  });
  await taken;
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "lease_lost", message: expect.stringContaining("successor took its place") },
  });
  expect(project.signals().sort()).toEqual(["tap SIGTERM", "target SIGTERM"]);
  expect(await project.state()).toEqual({ mine: 1 });
  expect(project.loaded().length).toBeLessThan(2000);
  expect(await store.history(stateId)).toMatchObject([{ runId: "successor" }, { status: "crashed" }]);
  await store[Symbol.asyncDispose]();
});
