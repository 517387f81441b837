/** A running load: two plugins in a plain pipe or under the runner, with their exit codes and the STATEs they emitted. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, existsSync, mkdirSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openProject, openStore } from "@tapline/runner";
import { bin } from "../command.ts";
import { root } from "../repository.ts";
import { marked, pidOf, processesOf, type Role, signal } from "./processes.ts";
import { readLog, type Source } from "./source.ts";

export interface LoadSettings {
  folder: string;
  mark: string;
  way: "pipe" | "runner";
  tap: "tap-one" | "tap-three";
  target: "target-postgres" | "target-duckdb";
  source: Source;
  config: Record<string, unknown>;
  /** The state file of the tap, in a plain pipe. */
  state: string | undefined;
}

/** The exit code, or the name of the signal that ended the process. */
type End = number | NodeJS.Signals;

export interface LoadEnd {
  codes: Partial<Record<Role, End>>;
  /** The last STATE received or saved, as JSON text. */
  state: string | undefined;
  output: string;
  /** It ran past its limit and was killed. */
  hung: boolean;
}

export interface Load {
  pid(role: Role): number | undefined;
  /** The number of the last row the tap sent. */
  position(): number;
  isRunning: boolean;
  /** Settles when a plain pipe emits its next STATE. Never settles under the runner, which reads them itself. */
  nextState(): Promise<void>;
  /** Stops reading the target's STATEs for a while. */
  holdStates(ms: number): Promise<void>;
  ended: Promise<LoadEnd>;
}

export const temporaryFolder = (folder: string): string => join(folder, "tmp");

export function startLoad(settings: LoadSettings, limitMs: number): Load {
  mkdirSync(temporaryFolder(settings.folder), { recursive: true });
  const before = readLog(settings.source.log).length;
  const started = settings.way === "pipe" ? startPipe(settings) : startRunner(settings);
  const load: Load = {
    pid: (role) => started.children[role]?.pid ?? pidOf(settings.mark, role),
    position: () => readLog(settings.source.log).slice(before).at(-1)?.sent.at(-1)?.last ?? 0,
    isRunning: true,
    nextState: () => new Promise((resolve) => started.children.target?.stdout?.once("data", () => resolve())),
    holdStates: started.holdStates,
    ended: endOf(settings, started, limitMs).finally(() => {
      load.isRunning = false;
    }),
  };
  return load;
}

interface Started {
  children: Partial<Record<Role, ChildProcess>>;
  lastState(): string | undefined | Promise<string | undefined>;
  holdStates(ms: number): Promise<void>;
}

async function endOf({ mark }: LoadSettings, { children, lastState }: Started, limitMs: number): Promise<LoadEnd> {
  const codes: LoadEnd["codes"] = {};
  let output = "";
  const all = Object.entries(children).map(async ([role, child]) => {
    for (const stream of [child.stderr, role === "runner" ? child.stdout : null])
      stream?.on("data", (data) => {
        output = `${output}${data}`.slice(-6000);
      });
    const [code, name] = await once(child, "close");
    codes[role as Role] = code ?? name;
  });
  const limit = new AbortController();
  const first = await Promise.race([
    Promise.all(all).then(() => "ended"),
    setTimeout(limitMs, "hung", { signal: limit.signal }).catch(() => "ended"),
  ]);
  limit.abort();
  if (first === "hung") for (const { pid } of processesOf(mark)) signal(pid, "SIGKILL");
  await Promise.all(all);
  return { codes, state: await lastState(), output, hung: first === "hung" };
}

/** Like a pipe in a shell: only the two plugins hold it, and no process watches them. */
function startPipe(settings: LoadSettings): Started {
  const { folder, mark, source, config, state } = settings;
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const both = openSync(path, "r+");
  const [writeEnd, readEnd] = [openSync(path, constants.O_WRONLY), openSync(path, constants.O_RDONLY)];
  unlinkSync(path);
  const options = { cwd: folder, env: environment(settings, mark) };
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const tapArgs = [
    "--config",
    file("tap.json", JSON.stringify(source)),
    ...(state === undefined ? [] : ["--state", file("state.json", state)]),
  ];
  const target = spawn(process.execPath, [bin(settings.target), "--config", file("target.json", JSON.stringify(config))], {
    ...options,
    stdio: [readEnd, "pipe", "pipe"],
  });
  const tap = spawn(process.execPath, [tapPath(settings), ...tapArgs], { ...options, stdio: ["ignore", writeEnd, "pipe"] });
  for (const end of [both, writeEnd, readEnd]) closeSync(end);
  let states = "";
  target.stdout?.setEncoding("utf8").on("data", (text: string) => {
    states += text;
  });
  return {
    children: { tap, target },
    // An incomplete line was not received.
    lastState: () => states.split("\n").slice(0, -1).at(-1) ?? state,
    async holdStates(ms) {
      target.stdout?.pause();
      await setTimeout(ms);
      target.stdout?.resume();
    },
  };
}

/** The project whose one pipe is `tap-faults` into the target. */
export function writeProject(settings: Pick<LoadSettings, "folder" | "tap" | "target" | "source" | "config">): void {
  const { folder, source, config, target } = settings;
  const plugins = {
    "tap-faults": { executable: tapPath(settings), config: source },
    [target]: { executable: bin(target), config },
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins }));
}

function startRunner(settings: LoadSettings): Started {
  const { folder, mark, target } = settings;
  writeProject(settings);
  const runner = spawn(process.execPath, [bin("tapline"), "run", "tap-faults", target], {
    cwd: folder,
    env: environment(settings, mark),
    stdio: ["ignore", "pipe", "pipe"],
  });
  return {
    children: { runner },
    async lastState() {
      if (!existsSync(join(folder, ".tapline"))) return undefined;
      await using store = await openStore(openProject(folder), "dev");
      return (await store.state(`dev:tap-faults-to-${target}`))?.value;
    },
    async holdStates(ms) {
      if (!signal(runner.pid, "SIGSTOP")) return;
      await setTimeout(ms);
      signal(runner.pid, "SIGCONT");
    },
  };
}

const tapPath = ({ tap }: Pick<LoadSettings, "tap">): string => join(root, `packages/workspace/dist/faults/${tap}.js`);

const environment = ({ folder }: LoadSettings, mark: string): NodeJS.ProcessEnv => ({
  ...process.env,
  NO_COLOR: "1",
  TMPDIR: temporaryFolder(folder),
  ...marked(mark),
});
