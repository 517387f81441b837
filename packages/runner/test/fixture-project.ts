/** A project folder of its own for each test, with plugins that are real processes. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { openProject } from "../src/project.ts";
import { runStep } from "../src/run.ts";
import type { RunEvent, RunResult } from "../src/run-events.ts";
import { createStopSwitch, type StopSwitch } from "../src/stop-source.ts";
import { openStore } from "../src/store.ts";

export interface FixtureProject {
  folder: string;
  /** Ids the target wrote, in order. */
  loaded(): number[];
  /** Lines "tap SIGTERM", in the order in which they arrived. */
  signals(): string[];
  state(): unknown;
  /** What a run left in .tapline/runs. */
  leftovers(): string[];
}

export const stateId = "dev:tap-test-to-target-test";

export function makeProject(tap: object = {}, target: object = {}, extra: { tap?: object; target?: object } = {}): FixtureProject {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const executable = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url));
  const [output, signalsFile] = [join(folder, "loaded.txt"), join(folder, "signals.txt")];
  const plugins = {
    "tap-test": { executable: executable("tap"), config: { signals_file: signalsFile, ...tap }, ...extra.tap },
    "target-test": { executable: executable("target"), config: { output, signals_file: signalsFile, ...target }, ...extra.target },
  };
  // JSON is YAML too.
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { pipe: ["tap-test target-test"] } }));
  const lines = (path: string): string[] => (existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []);
  const runs = join(folder, ".tapline", "runs");
  return {
    folder,
    loaded: () => lines(output).map(Number),
    signals: () => lines(signalsFile),
    state() {
      using store = openStore(folder);
      const value = store.state(stateId)?.value;
      return value === undefined ? undefined : JSON.parse(value);
    },
    leftovers: () => (existsSync(runs) ? readdirSync(runs) : []),
  };
}

export interface Ran {
  result: RunResult;
  events: RunEvent[];
}

export interface RunSettings {
  fullRefresh?: boolean;
  stop?: StopSwitch;
  onEvent?: (event: RunEvent) => void;
  grace?: { tapMs?: number; targetMs?: number };
}

export async function run(project: FixtureProject, settings: RunSettings = {}): Promise<Ran> {
  const events: RunEvent[] = [];
  const result = await runStep({
    project: openProject(project.folder),
    tap: "tap-test",
    target: "target-test",
    stop: settings.stop ?? createStopSwitch(),
    fullRefresh: settings.fullRefresh === true,
    ...(settings.grace === undefined ? {} : { grace: settings.grace }),
    onEvent(event) {
      events.push(event);
      settings.onEvent?.(event);
    },
  });
  return { result, events };
}

export function bookmarkAt(id: number): object {
  return { bookmarks: { items: { replication_key: "id", replication_key_value: id } } };
}
