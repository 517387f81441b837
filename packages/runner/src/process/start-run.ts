/** Starts a run of a job as a process of its own, which goes on when this one ends: for a tick, or a partition of a back-fill. */
import { spawn } from "node:child_process";
import type { JobRequest } from "../model/job-request.ts";

export interface ProcessEnd {
  /** null: it was killed by a signal. */
  exitCode: number | null;
  /** The last lines of what it wrote to stderr. */
  stderr: string;
}

export interface StartedRun {
  ended: Promise<ProcessEnd>;
  stop(signal: NodeJS.Signals): void;
}

export interface StartOptions {
  /** The program and its arguments before `run`: that of this tapline. */
  command: readonly [string, ...string[]];
  folder: string;
  env: NodeJS.ProcessEnv;
}

export type StartRun = (request: JobRequest) => StartedRun;

const mostStderr = 4000;

/** No argument holds anything of the request: it is written to stdin. */
export function runStarter({ command: [program, ...before], folder, env }: StartOptions): StartRun {
  return (request) => {
    // A group of its own: Ctrl-C in the terminal reaches the process that starts runs alone, which decides about them.
    const child = spawn(program, [...before, "run", "--request", "-", "--quiet"], {
      cwd: folder,
      env,
      detached: true,
      stdio: ["pipe", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-mostStderr);
    });
    // A child that ended at once closes its stdin.
    child.stdin?.on("error", () => {}).end(JSON.stringify(request));
    const ended = new Promise<ProcessEnd>((resolve) => {
      child.once("error", (error) => resolve({ exitCode: 127, stderr: error.message }));
      child.once("close", (exitCode) => resolve({ exitCode, stderr: stderr.trim() }));
    });
    return { ended, stop: (signal) => child.kill(signal) };
  };
}
