/** Hands a notice to a program: as JSON on its stdin, without a shell. */
import { spawn } from "node:child_process";
import type { Outcome } from "./notice.ts";

export interface Program {
  words: readonly string[];
  folder: string;
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
}

/** Exit code 0 means that it took the notice, another one that it did not. Never rejects. */
export function tellProgram(input: string, { words, folder, env, timeoutMs }: Program): Promise<Outcome> {
  const [program = "", ...args] = words;
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: folder, env, stdio: ["pipe", "ignore", "pipe"] });
    let printed = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      printed = (printed + piece).slice(-1000);
    });
    // It may end without reading.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("error", (error) => {
      clearTimeout(timer);
      resolve({ kind: "refused", reason: `${program} could not be started: ${error.message}` });
    });
    // Not "close": a program that it left behind may hold stderr open.
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      child.stderr.destroy();
      if (code === 0) return resolve({ kind: "sent" });
      if (signal !== null)
        return resolve({
          kind: "unsure",
          reason: `${program} was killed by ${signal}${signal === "SIGKILL" ? `; it has ${timeoutMs / 1000} s` : ""}`,
        });
      const last = printed.trim().split("\n").at(-1) ?? "";
      resolve({ kind: "refused", reason: `${program} ended with exit code ${code}${last === "" ? "" : `: ${last.slice(0, 200)}`}` });
    });
  });
}
