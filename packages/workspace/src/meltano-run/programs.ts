/** Calls `meltano` and `tapline` in a project of the suite `meltano-run`. */
import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { bin } from "../command.ts";
import { meltanoProgram } from "./project.ts";

export interface Called {
  code: number | null;
  out: string;
  err: string;
}

export function begin(folder: string, words: readonly string[], input = ""): { child: ChildProcess; ended: Promise<Called> } {
  const [program = "", ...args] = words;
  const command = program === "meltano" ? [meltanoProgram()] : [process.execPath, bin("tapline")];
  const child = spawn(command[0] as string, [...command.slice(1), ...args], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
  child.stdin.end(input);
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(([status, out, err]) => ({ code: status, out, err }));
  return { child, ended };
}

/** @returns what it wrote to stdout @throws Error where its exit code is not 0 */
export async function call(folder: string, words: readonly string[], input = ""): Promise<string> {
  const { code, out, err } = await begin(folder, words, input).ended;
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}:\n${(out + err).slice(-4000)}`);
  return out;
}

/** The state of one id. */
export async function stateOf(folder: string, program: "meltano" | "tapline", id: string): Promise<unknown> {
  const state = JSON.parse(await call(folder, [program, "state", "get", id]));
  return program === "meltano" ? state.singer_state : state;
}
