/** Starts a plugin that only has to answer: `--about`, `--help`. */
import { execFile } from "node:child_process";
import type { Executable, Plugin } from "../model/plugin.ts";
import { childEnvironment } from "../process/child-environment.ts";

export interface AskOptions {
  cwd: string;
  processEnv: NodeJS.ProcessEnv;
  /** A plugin that does not know the flag may ignore it and start to work. */
  timeoutMs?: number;
}

export interface Answer {
  /** null: it was killed, or could not be started. */
  code: number | null;
  text: string;
  errorText: string;
}

/** Never rejects: what went wrong is in the answer. */
export function ask(plugin: Plugin, executable: Executable, args: readonly string[], options: AskOptions): Promise<Answer> {
  const { cwd, processEnv, timeoutMs = 10_000 } = options;
  return new Promise((resolve) => {
    const child = execFile(
      executable.command,
      [...executable.leadingArgs, ...args],
      { cwd, env: childEnvironment({ ...processEnv, ...plugin.env }), timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 8 * 2 ** 20 },
      (error, text, errorText) => {
        const code = error === null ? 0 : error.killed !== true && typeof error.code === "number" ? error.code : null;
        resolve({ code, text, errorText });
      },
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end();
  });
}
