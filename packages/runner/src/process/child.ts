/**
 * Starts a child in its own process group. The terminal's Ctrl-C does not reach it, so it gets only the runner's signal; and that
 * signal also reaches the children of a wrapper.
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex, Readable, Writable } from "node:stream";
import { type ControlForm, controlDescriptor, type ReceivedControlMessage, type TargetFacts } from "@tapline/protocol";
import { errors } from "../errors.ts";
import type { Executable } from "../model/plugin.ts";
import type { ProcessIdentity } from "../model/runner.ts";
import { childEnvironment } from "./child-environment.ts";
import { type ControlChannel, openControlChannel } from "./control-channel.ts";
import { identify, isAlive } from "./liveness.ts";
import { pause } from "./pause.ts";

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  readonly identity: ProcessIdentity;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** null: the plugin has no control channel. */
  readonly control: ControlChannel | null;
  /** Settles when the process has ended; its output may still be read. */
  readonly exited: Promise<Exit>;
  /** undefined while it runs. */
  readonly exit: Exit | undefined;
  /** The first signal the runner sent; undefined when it sent none. */
  readonly sent: NodeJS.Signals | undefined;
  /** Signals the whole group once. Later calls do nothing, except with SIGKILL. */
  signal(signal: NodeJS.Signals): void;
  /** Signals the group, waits until all of it is gone, and kills what is left after `graceMs`. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<Exit>;
}

export interface StartOptions {
  name: string;
  executable: Executable;
  args: readonly string[];
  cwd: string;
  /** The variables of the runner's process. */
  processEnv: NodeJS.ProcessEnv;
  /** The plugin's variables, which override those. */
  env: Record<string, string>;
  stdio: readonly [Stdio, Stdio, Stdio];
  /** null: the plugin has no control channel. */
  control?: ControlForm | null;
  /** Gets each message that the plugin sends on its control channel. */
  onControl?: ((message: ReceivedControlMessage) => void) | undefined;
  /** For a tap in a run: the target it feeds. */
  target?: TargetFacts | undefined;
  /** For a tap in a run: the id of its state, unique to the project. */
  stateId?: string | undefined;
  /** For a tap in a run that follows its source. */
  follows?: boolean | undefined;
}

/** An open descriptor, or what to create. */
export type Stdio = number | "pipe" | "ignore";

/** @throws plugin_not_started */
export async function startChild(options: StartOptions): Promise<Child> {
  const { name, executable, control = null, onControl, target, stateId, follows } = options;
  let child: ChildProcess;
  try {
    child = spawn(executable.command, [...executable.leadingArgs, ...options.args], {
      cwd: options.cwd,
      env: childEnvironment({ ...options.processEnv, ...options.env }, { hasControl: control !== null, target, stateId, follows }),
      stdio: control === null ? [...options.stdio] : [...options.stdio, "pipe"],
      detached: true,
    });
    // Listen before the first await, or an early exit is missed.
    const exited = new Promise<Exit>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.on("error", () => {});
    return superviseChild(child, exited, control, onControl);
  } catch (error) {
    throw errors.plugin_not_started({ name, executable: executable.path, reason: (error as Error).message }, {}, error);
  }
}

function superviseChild(child: ChildProcess, exited: Promise<Exit>, form: ControlForm | null, onControl: StartOptions["onControl"]): Child {
  const identity = identify(child.pid as number);
  let exit: Exit | undefined;
  let sent: NodeJS.Signals | undefined;
  const socket = child.stdio[controlDescriptor] as Duplex | null | undefined;
  const control = socket == null || form === null ? null : openControlChannel(socket, form, onControl);
  void exited.then((how) => {
    exit = how;
    void closeWhenRead(control);
  });
  const signal = (which: NodeJS.Signals): void => {
    if (sent !== undefined && which !== "SIGKILL") return;
    if (exit === undefined) sent ??= which;
    signalGroup(identity.pid, which);
  };
  return {
    identity,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    control,
    exited,
    get exit() {
      return exit;
    },
    get sent() {
      return sent;
    },
    signal,
    async stop(which, graceMs) {
      signal(which);
      const timer = setTimeout(() => signal("SIGKILL"), graceMs);
      const how = await exited;
      // A wrapper may die at once while the program it started still commits.
      const until = Date.now() + graceMs;
      while (isGroupThere(identity.pid) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
      clearTimeout(timer);
      if (isGroupThere(identity.pid)) signalGroup(identity.pid, "SIGKILL");
      return how;
    },
  };
}

/** The last messages may still be unread. A process that the plugin left running may hold its end open for ever. */
async function closeWhenRead(control: ControlChannel | null): Promise<void> {
  if (control === null) return;
  await Promise.race([control.read, pause(2000)]);
  control.close();
}

function isGroupThere(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

export interface Leftover extends ProcessIdentity {
  /** What started it, for people: "Run 2026…". */
  whose: string;
}

/** @throws leftover_unstoppable */
export async function endLeftover({ whose, ...leftover }: Leftover, graceMs: number, warn: (message: string) => void): Promise<void> {
  warn(`${whose} crashed and left process ${leftover.pid} running; stopping it first`);
  if (!(await stopLeftover(leftover, graceMs))) throw errors.leftover_unstoppable({ pid: leftover.pid });
}

/** Ends a process of a dead runner and its group: asks, waits, kills. Resolves to whether it is gone. */
async function stopLeftover(leftover: ProcessIdentity, graceMs: number): Promise<boolean> {
  for (const [signal, waitMs] of [
    ["SIGTERM", graceMs],
    ["SIGKILL", 2000],
  ] as const) {
    if (!isAlive(leftover)) return true;
    signalGroup(leftover.pid, signal);
    const until = Date.now() + waitMs;
    while (isAlive(leftover) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return !isAlive(leftover);
}

/** Does nothing where the group is gone. macOS answers EPERM where only a zombie is left of it. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH" && (error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
