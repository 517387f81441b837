/** A utility of ours: what it receives, what is kept of what it reports, and which runs it waits for. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunContext } from "@tapline/protocol";
import { expect, test } from "vitest";
import { openHistory } from "../src/history/sqlite-history.ts";
import { type JobResult, runJob } from "../src/jobs/run-job.ts";
import type { RunEvent } from "../src/model/run-event.ts";
import { createStopSwitch, type StopSwitch } from "../src/process/stop-switch.ts";
import { openProject } from "../src/project/project.ts";
import { lockForWriting } from "../src/state/writer-lock.ts";
import { type FixtureProject, makeProject } from "./fixture-project.ts";

const executable = fileURLToPath(new URL("fixtures/tapline-models.mjs", import.meta.url));

function makeModels(jobs: object, tap: object = {}): FixtureProject {
  const config = { target: "warehouse", token: "hunter2222" };
  const warehouse = { inherit_from: "target-test", config: { password: "sesame99" } };
  const project = makeProject(tap, {}, {}, { models: { executable, config }, warehouse });
  const file = join(project.folder, "tapline.yml");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), jobs }));
  return project;
}

interface Ran {
  result: JobResult;
  events: RunEvent[];
  /** Of each start of the utility. */
  contexts: (RunContext & { mode: number })[];
}

/** `what`: a job, or the words of a step. */
async function runModels({ folder }: FixtureProject, what: string | string[], stop: StopSwitch = createStopSwitch()): Promise<Ran> {
  const project = openProject(folder);
  const request = { words: [what].flat() };
  const events: RunEvent[] = [];
  const result = await runJob({ project, request, stop, onEvent: (event) => events.push(event) });
  const messages = events.flatMap((event) =>
    event.type === "log" && event.message.startsWith("context ") ? [event.message.slice(8)] : [],
  );
  return { result, events, contexts: messages.map((text) => JSON.parse(text)) };
}

test("it gets its settings, the plugins they name and what came, in a file of the run; secrets don't come out again", async () => {
  const project = makeModels({ all: ["tap-test warehouse", "models build"] }, { rows: 3 });
  const { result, contexts } = await runModels(project, "all");
  expect(result.status).toBe("done");
  expect(contexts).toMatchObject([
    {
      ...{
        form: 1,
        project: project.folder,
        environment: "dev",
        run_id: result.runId,
        mode: 0o600,
        catalogs: null,
        failed_since: null,
        python: null,
      },
      config: { target: "warehouse", token: "***" },
      plugins: { warehouse: { executable: "target-test", config: { password: "***" } } },
      loaded: [{ step: "tap-test warehouse", tap: "tap-test", stream: "items", rows: 3 }],
    },
  ]);
  expect(project.leftovers()).toEqual([]);
});

test("parts of its work are events as they end, and in the history with the last word on them", async () => {
  const project = makeModels({ all: ["models build"] });
  const { result, events } = await runModels(project, "all");
  const node = { id: "model.a", kind: "model", name: "a", status: "ok", seconds: 0.5, message: null };
  expect(events.filter(({ type }) => type === "node")).toEqual([{ type: "node", plugin: "models", node: { ...node, rows: null } }]);
  using history = openHistory(project.folder);
  expect(history.steps(result.runId)).toMatchObject([{ plugins: [{ name: "models", version: "2.0.0" }], nodes: [{ ...node, rows: 7 }] }]);
});

test("its own error is the step's failure", async () => {
  const { result } = await runModels(makeModels({ all: ["models fail"] }), "all");
  expect(result.steps[0]).toMatchObject({ status: "failed", failure: { plugin: "models", code: "nodes_failed", hint: "fix it" } });
});

test("what came counts until the step was done, whichever run of the environment loaded it", async () => {
  const project = makeModels(
    { all: ["tap-test warehouse", "models fail"], load: [{ run: "tap-test warehouse", state_id_suffix: "b" }] },
    { rows: 3 },
  );
  const rowsOf = ({ contexts }: Ran): (number | null)[] | undefined => contexts[0]?.loaded?.map(({ rows }) => rows);
  expect(rowsOf(await runModels(project, "all"))).toEqual([3]);
  expect(rowsOf(await runModels(project, "all"))).toEqual([0, 3]);
  await runModels(project, "load");
  writeFileSync(join(project.folder, "fixed"), "");
  expect(rowsOf(await runModels(project, "all"))).toEqual([0, 3, 0, 3]);
  expect(rowsOf(await runModels(project, "all"))).toEqual([0]);
});

test("typed by itself it is not held to what came", async () => {
  const project = makeModels({ all: ["tap-test warehouse", "models build"] }, { rows: 3 });
  await runModels(project, "all");
  expect((await runModels(project, ["models", "build"])).contexts).toMatchObject([{ loaded: null }]);
});

test("with the capability for it, it receives the streams that jobs load into its target", async () => {
  const project = makeModels({ all: ["tap-test warehouse", "tap-test target-test"], make: ["models generate"] });
  const { contexts } = await runModels(project, "make");
  expect(contexts[0]?.catalogs).toMatchObject([
    { tap: "tap-test", target: "warehouse", streams: [{ stream: "items", schema: { properties: {} } }] },
  ]);
});

test("two runs of it wait for each other, and one that is stopped waits no more", async () => {
  const project = makeModels({ slow: ["models wait 1500"], quick: ["models build"] });
  const slow = runModels(project, "slow");
  await until(() => existsSync(join(project.folder, ".tapline", "locks")));
  const stop = createStopSwitch();
  const stopped = runModels(project, "quick", stop);
  const quick = runModels(project, "quick");
  setTimeout(() => stop.stop("SIGINT"), 500);
  expect((await stopped).result).toMatchObject({ status: "stopped", steps: [{ failure: { code: "run_stopped" } }] });
  const [first, second] = await Promise.all([slow, quick]);
  expect([first.result.status, second.result.status]).toEqual(["done", "done"]);
  expect(second.events).toContainEqual(expect.objectContaining({ message: expect.stringContaining("waiting for another run") }));
  const start = (ran: Ran): string => ran.result.steps[0]?.startedAt ?? "";
  expect(start(first) < start(second)).toBe(true);
});

test("places are taken all or none, in any order, and given back", async () => {
  const { folder } = makeProject();
  mkdirSync(join(folder, ".tapline"), { recursive: true });
  const stop = createStopSwitch();
  const waited: string[] = [];
  const hold = (...paths: string[]) => lockForWriting({ folder, paths, stop, onWait: (path) => waited.push(path) });
  const first = await hold("b", "a", "b");
  const second = hold("a", "c");
  const other = await hold("d");
  expect(waited).toEqual(["a"]);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  other[Symbol.dispose]();
  (await hold("a", "b", "c", "d"))[Symbol.dispose]();
  expect(waited).toEqual(["a"]);
});

async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isTrue() && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 10));
}
