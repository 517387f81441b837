/** A project folder for each test, with plugins that are real processes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { RunEvent, RunResult } from "../src/model/run-event.ts";
import { runStep } from "../src/pipe-run/run.ts";
import { prepareStep } from "../src/plugins/prepare.ts";
import { createStopSwitch, type StopSwitch } from "../src/process/stop-switch.ts";
import { openProject } from "../src/project/project.ts";
import { openStore } from "../src/state/open-store.ts";

export interface FixtureProject {
  folder: string;
  /** Ids the target wrote, in order. */
  loaded(): number[];
  /** Lines "tap SIGTERM", in the order in which they arrived. */
  signals(): string[];
  state(): Promise<unknown>;
  /** What a run left in .tapline/running. */
  leftovers(): string[];
}

export const stateId = "dev:tap-test-to-target-test";

export function makeProject(
  tap: object = {},
  target: object = {},
  extra: { tap?: object; target?: object } = {},
  others: object = {},
): FixtureProject {
  const folder = mkdtempSync(join(tmpdir(), "tapline-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const executable = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url));
  const [output, signalsFile] = [join(folder, "loaded.txt"), join(folder, "signals.txt")];
  const plugins = {
    "tap-test": { executable: executable("tap"), config: { signals_file: signalsFile, ...tap }, ...extra.tap },
    "target-test": { executable: executable("target"), config: { output, signals_file: signalsFile, ...target }, ...extra.target },
    ...others,
  };
  // JSON is YAML too.
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { pipe: ["tap-test target-test"] } }));
  const lines = (path: string): string[] => (existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []);
  const runs = join(folder, ".tapline", "running");
  return {
    folder,
    loaded: () => lines(output).map(Number),
    signals: () => lines(signalsFile),
    async state() {
      await using store = await openStore(openProject(folder), "dev");
      const value = (await store.state(stateId))?.value;
      return value === undefined ? undefined : JSON.parse(value);
    },
    leftovers: () => (existsSync(runs) ? readdirSync(runs) : []),
  };
}

/** A project whose target keeps a ledger in a database. */
export interface LedgerProject extends FixtureProject {
  /** Ids in the database, in the order in which they came. */
  rows(): number[];
  /** Other settings for the next run; undefined takes one away. */
  change(target: object, tap?: object): void;
  /** Another store for its states. */
  keepIn(state: object): void;
}

export function makeLedgerProject(tap: object = {}, target: object = {}): LedgerProject {
  const executable = fileURLToPath(new URL("fixtures/ledger-target.mjs", import.meta.url));
  const project = makeProject(tap, target, { target: { executable } });
  const file = join(project.folder, "tapline.yml");
  return {
    ...project,
    rows() {
      const database = new DatabaseSync(join(project.folder, "loaded.txt"), { readOnly: true });
      const rows = database.prepare("SELECT id FROM items ORDER BY rowid").all() as { id: number }[];
      database.close();
      return rows.map(({ id }) => id);
    },
    keepIn(state) {
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), state }));
    },
    change(target, tap = {}) {
      const parsed = JSON.parse(readFileSync(file, "utf8"));
      Object.assign(parsed.plugins["target-test"].config, target);
      Object.assign(parsed.plugins["tap-test"].config, tap);
      writeFileSync(file, JSON.stringify(parsed));
    },
  };
}

/** A runner in a separate process, until it is gone; its plugins may still be there. */
export async function runAlone(project: FixtureProject): Promise<NodeJS.Signals | null> {
  const script = fileURLToPath(new URL("fixtures/run-once.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, project.folder], { stdio: ["ignore", "ignore", "inherit"] });
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal;
}

export interface Ran {
  result: RunResult;
  events: RunEvent[];
}

export interface RunSettings {
  fullRefresh?: boolean | string[];
  earlierTries?: string[];
  stop?: StopSwitch;
  follows?: boolean;
  onEvent?: (event: RunEvent) => void;
  grace?: { tapMs?: number; targetMs?: number };
}

export async function run(project: FixtureProject, settings: RunSettings = {}): Promise<Ran> {
  const events: RunEvent[] = [];
  const opened = openProject(project.folder);
  const result = await runStep({
    project: opened,
    step: await prepareStep({ project: opened, tap: "tap-test", target: "target-test" }),
    stop: settings.stop ?? createStopSwitch(),
    fullRefresh: settings.fullRefresh ?? false,
    follows: settings.follows ?? false,
    earlierTries: settings.earlierTries ?? [],
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
