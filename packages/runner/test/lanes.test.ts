import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { RunResult } from "../src/model/run-event.ts";
import { runStep } from "../src/pipe-run/run.ts";
import { prepareStep } from "../src/plugins/prepare.ts";
import { createStopSwitch } from "../src/process/stop-switch.ts";
import { environmentOf, openProject } from "../src/project/project.ts";
import { openStore } from "../src/state/open-store.ts";

const id = "dev:tap-streams-to-target-test";
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url));

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-lanes-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function configure(folder: string, tap: object = {}, { ledger = false, settings = {} as object } = {}): void {
  const stranger = {
    executable: fixture("target"),
    env: { STRANGER: "1" },
    config: { output: join(folder, "loaded.txt"), summary: false },
  };
  const config = { output: join(folder, "loaded.db"), signals_file: join(folder, "signals.txt"), ...settings };
  const target = ledger ? { executable: fixture("ledger-target"), config } : stranger;
  const plugins = { "tap-streams": { executable: fixture("streams-tap"), config: tap }, "target-test": target };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
}

async function run(folder: string, parallel: number, fullRefresh: boolean | string[] = false): Promise<RunResult> {
  const project = openProject(folder);
  const step = await prepareStep({ project, tap: "tap-streams", target: "target-test" });
  return runStep({ project, step, parallel, fullRefresh, stop: createStopSwitch(), onEvent() {} });
}

async function states(folder: string): Promise<Record<string, unknown>> {
  const project = openProject(folder);
  await using store = await openStore(project, environmentOf(project));
  return Object.fromEntries((await store.states()).map(({ stateId, value }) => [stateId, JSON.parse(value)]));
}

/** Each row begins with the streams of its pipe. */
function rows(folder: string): string[] {
  const path = join(folder, "loaded.txt");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

const all = { bookmarks: { a: { id: 5 }, b: { id: 5 }, c: { id: 5 } } };

test("streams are dealt out, and their bookmarks come together under the step's id", async () => {
  const folder = makeFolder();
  configure(folder);
  const { status, stateAfter } = await run(folder, 2);
  expect([status, JSON.parse(stateAfter ?? "")]).toEqual(["done", all]);
  expect(await states(folder)).toEqual({ [id]: all });
  expect(new Set(rows(folder).map((row) => row.slice(0, -1)))).toEqual(new Set(["ac:a", "ac:c", "b:b"]));
  expect(rows(folder)).toHaveLength(15);
});

test("the next run continues from them, over one pipe or more than there are streams", async () => {
  const folder = makeFolder();
  configure(folder);
  await run(folder, 2);
  await run(folder, 9);
  await run(folder, 1);
  expect(rows(folder)).toHaveLength(15);
  await run(folder, 3, ["b"]);
  expect(rows(folder).slice(15)).toEqual(["b:b1", "b:b2", "b:b3", "b:b4", "b:b5"]);
  expect(await states(folder)).toEqual({ [id]: all });
});

test("a lane that fails leaves the others what they saved, and itself its last bookmark", async () => {
  const folder = makeFolder();
  configure(folder, { die_at: "b3", pause_ms: 100 });
  const { status, failure } = await run(folder, 3);
  expect([status, failure?.plugin]).toEqual(["failed", "tap-streams"]);
  expect(await states(folder)).toEqual({ [id]: { bookmarks: { a: { id: 5 }, b: { id: expect.any(Number) }, c: { id: 5 } } } });
  configure(folder);
  expect((await run(folder, 2)).status).toBe("done");
  expect(await states(folder)).toEqual({ [id]: all });
});

test("a state without bookmarks replaces the whole", async () => {
  const folder = makeFolder();
  configure(folder, { flat: true });
  await run(folder, 1);
  expect(await states(folder)).toEqual({ [id]: { flat: "c5" } });
  await run(folder, 3);
  expect(Object.keys(await states(folder))).toEqual([id]);
});

test("after a killed runner the next run goes on over another number of pipes, and no row is lost or doubled", async () => {
  const folder = makeFolder();
  configure(folder, { pause_ms: 100 }, { ledger: true });
  const script = `import { createStopSwitch, openProject, prepareStep, runStep } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url))};
const project = openProject(${JSON.stringify(folder)});
const step = await prepareStep({ project, tap: "tap-streams", target: "target-test" });
await runStep({ project, step, parallel: 3, stop: createStopSwitch(), onEvent() {} });`;
  const runner = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
  while (committed(folder).length < 6) await new Promise((resolve) => setTimeout(resolve, 20));
  runner.kill("SIGKILL");
  await once(runner, "exit");
  const { status } = await run(folder, 2);
  expect(status).toBe("done");
  expect(await states(folder)).toEqual({ [id]: all });
  const ids = committed(folder).map((row) => row.split(":")[1]);
  expect(ids.sort()).toEqual(["a", "b", "c"].flatMap((stream) => [1, 2, 3, 4, 5].map((each) => `${stream}${each}`)));
});

test("a lane that lost its connection between a commit and its state continues from the ledger, and no row is doubled", async () => {
  const folder = makeFolder();
  configure(folder, {}, { ledger: true, settings: { lose_connection_at: "b:b3" } });
  const { status, stateAfter } = await run(folder, 3);
  expect([status, JSON.parse(stateAfter ?? "").bookmarks.b]).toEqual(["failed", { id: 3 }]);
  expect((await run(folder, 3)).status).toBe("done");
  const ids = committed(folder).map((row) => row.split(":")[1]);
  expect(ids.sort()).toEqual(["a", "b", "c"].flatMap((stream) => [1, 2, 3, 4, 5].map((each) => `${stream}${each}`)));
});

test("a state set by hand after a crash is not overwritten by what the lanes had", async () => {
  const folder = makeFolder();
  configure(folder, { pause_ms: 100 }, { ledger: true });
  const project = openProject(folder);
  const value = JSON.stringify({ bookmarks: { a: { id: 4 }, b: { id: 4 }, c: { id: 4 } } });
  {
    await using store = await openStore(project, environmentOf(project));
    const lane = JSON.stringify({ bookmarks: { a: { id: 1 } } });
    await store.change([{ runId: "lane", stateId: `${id}/1`, kind: "set", value: lane }]);
    await store.change([{ runId: "hand", stateId: id, kind: "set", value }]);
  }
  await run(folder, 2);
  expect(
    committed(folder)
      .map((row) => row.split(":")[1])
      .sort(),
  ).toEqual(["a5", "b5", "c5"]);
});

function committed(folder: string): string[] {
  const path = join(folder, "loaded.db");
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    return (database.prepare("SELECT id FROM items").all() as { id: string }[]).map(({ id: row }) => row);
  } catch {
    return [];
  } finally {
    database.close();
  }
}
