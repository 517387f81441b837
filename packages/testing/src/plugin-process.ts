/** A plugin as a real process: argv, stdio, signals, exit code. A process that a check leaves running is killed when it is disposed. */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  cwd: string;
  env?: Record<string, string> | undefined;
  /** How long to wait for a line or for the end. */
  timeoutMs?: number | undefined;
}

export interface PluginProcess extends AsyncDisposable {
  write(text: string): void;
  /** Resolves when all that was written has left this process: at most what a pipe holds was not read yet. */
  flushed(): Promise<void>;
  /** Closes its input. */
  end(): void;
  kill(signal: NodeJS.Signals): void;
  /** The output so far, once it has at least `count` whole lines. Throws when the process ends before that. */
  lines(count: number): Promise<string[]>;
  /** Stops reading its output, so that it has to wait. */
  pause(): void;
  resume(): void;
  /** How it ended. Throws when it does not end in time. */
  ended(): Promise<Ended>;
}

const defaultTimeoutMs = 20_000;

export function startPlugin(command: readonly string[], args: readonly string[], options: StartOptions): PluginProcess {
  const [file, ...first] = command as [string, ...string[]];
  const child = spawn(file, [...first, ...args], { cwd: options.cwd, env: { ...process.env, NO_COLOR: "1", ...options.env } });
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const out = { stdout: "", stderr: "" };
  let notice = (): void => {};
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      out[name] += text;
      notice();
    });
  }
  // A plugin that stops reading is judged by how it ends.
  child.stdin.on("error", () => {});
  let ended: Ended | undefined;
  const closed = once(child, "close").then(([code, signal]) => {
    ended = { code, signal, ...out };
    notice();
    return ended;
  });
  closed.catch(() => notice());
  const wholeLines = (): string[] => out.stdout.split("\n").slice(0, -1);
  const shown = (): string => `${file} ${[...first, ...args].join(" ")}`;

  return {
    write: (text) => void child.stdin.write(text),
    flushed: () => within(timeoutMs, `${shown()} did not read its input`, (resolve) => child.stdin.write("", () => resolve())),
    end: () => void child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    async lines(count) {
      await within<void>(timeoutMs, `${shown()} wrote ${wholeLines().length} of ${count} expected lines`, (resolve, reject) => {
        notice = () => {
          if (wholeLines().length >= count) resolve();
          else if (ended !== undefined)
            reject(new Error(`${shown()} ended with ${ended.code} before it wrote ${count} lines: ${tail(out.stderr)}`));
        };
        notice();
      });
      return wholeLines();
    },
    ended: () => within(timeoutMs, `${shown()} did not end`, (resolve, reject) => closed.then(resolve, reject)),
    async [Symbol.asyncDispose]() {
      if (ended !== undefined) return;
      child.kill("SIGKILL");
      await closed.catch(() => {});
    },
  };
}

/** Runs a plugin to its end. */
export async function runPlugin(
  command: readonly string[],
  args: readonly string[],
  options: StartOptions & { input?: string },
): Promise<Ended> {
  await using plugin = startPlugin(command, args, options);
  if (options.input !== undefined) plugin.write(options.input);
  plugin.end();
  return await plugin.ended();
}

export const tail = (text: string): string => text.trim().slice(-1000);

function within<T>(
  ms: number,
  otherwise: string,
  start: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${otherwise} within ${ms} ms`)), ms);
    const settle =
      <V>(then: (value: V) => void) =>
      (value: V): void => {
        clearTimeout(timer);
        then(value);
      };
    start(settle(resolve), settle(reject));
  });
}
