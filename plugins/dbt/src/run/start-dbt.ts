/** One start of dbt: its lines become events as they come, and a wish to stop becomes the Ctrl-C that makes it cancel its queries. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { DbtProgram } from "../environment/dbt-program.ts";
import { errors } from "../errors.ts";

export interface DbtStart {
  program: DbtProgram;
  args: readonly string[];
  env: Record<string, string>;
  signal: AbortSignal;
  /** Of its stdout and stderr; without it they are those of this process. */
  onLine?: (line: string) => void;
}

export interface DbtEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A query that can't be cancelled ends with the process; what it had not committed is rolled back. */
const graceMs = 8000;

/** @throws executable_missing */
export async function startDbt({ program, args, env, signal, onLine }: DbtStart): Promise<DbtEnd> {
  // In a process group of its own, so that it gets one signal and not a second one by way of the terminal.
  const child = spawn(program.command, [...program.leadingArgs, ...args], {
    env: { ...process.env, ...env },
    stdio: onLine === undefined ? ["pipe", "inherit", "inherit"] : ["pipe", "pipe", "pipe"],
    detached: true,
  });
  // Held open, never written to: its end tells dbt that this process is gone.
  child.stdin?.on("error", () => {});
  const exited = new Promise<DbtEnd>((resolve, reject) => {
    child.once("error", (error) => reject(errors.executable_missing({ path: program.command, reason: error.message }, {}, error)));
    child.once("exit", (code, how) => resolve({ code, signal: how }));
  });
  const onAbort = (): void => stop(child, exited);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  const lines = onLine === undefined ? [] : [child.stdout, child.stderr].map((stream) => readLines(stream, onLine));
  try {
    const end = await exited;
    await Promise.all(lines);
    return end;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function readLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return Promise.resolve();
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => line.trim() !== "" && onLine(line));
  return new Promise((resolve) => lines.once("close", resolve));
}

function stop(child: ChildProcess, exited: Promise<DbtEnd>): void {
  signalGroup(child, "SIGINT");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), graceMs);
  void exited.catch(() => {}).then(() => clearTimeout(timer));
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone already.
  }
}
