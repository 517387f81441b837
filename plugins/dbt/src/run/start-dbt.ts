/** Starts dbt once and passes its output on line by line. On abort it sends the Ctrl-C that makes dbt cancel its queries. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { DbtProgram } from "../environment/dbt-program.ts";
import { errors } from "../errors.ts";

export interface DbtStart {
  program: DbtProgram;
  args: readonly string[];
  env: Record<string, string>;
  signal: AbortSignal;
  /** Receives the lines of stdout and stderr; without it, dbt uses those of this process. */
  onLine?: (line: string) => void;
}

export interface DbtEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** How long dbt may take to cancel. After that it is killed, and what it had not committed is rolled back. */
const graceMs = 8000;

/** @throws executable_missing */
export async function startDbt({ program, args, env, signal, onLine }: DbtStart): Promise<DbtEnd> {
  // In a separate process group, so that the terminal does not send it a second signal.
  const child = spawn(program.command, [...program.leadingArgs, ...args], {
    env: { ...process.env, ...env },
    stdio: onLine === undefined ? ["pipe", "inherit", "inherit"] : ["pipe", "pipe", "pipe"],
    detached: true,
  });
  // Never written to. When it closes, start_dbt.py knows that this process has ended.
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
    // The process has already ended.
  }
}
