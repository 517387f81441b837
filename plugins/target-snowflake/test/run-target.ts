/** Runs the executable, which a test may kill. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../bin/target-snowflake.js", import.meta.url));

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

export interface Ended {
  /** Null where it was killed. */
  code: number | null;
  states: unknown[];
  stderr: string;
}

/** `folder`: for the config. */
export function startTarget(folder: string, settings: object, input: string, env: Record<string, string> = {}): Running {
  const config = join(folder, "config.json");
  writeFileSync(config, JSON.stringify(settings));
  const child = spawn(process.execPath, [bin, "--config", config], { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const ended = once(child, "close").then(([code]) => {
    const lines = stdout.split("\n").slice(0, -1);
    return { code: code as number | null, states: lines.map((line) => JSON.parse(line) as unknown), stderr };
  });
  return { child, ended };
}

export const runTarget = (...given: Parameters<typeof startTarget>): Promise<Ended> => startTarget(...given).ended;

/** The error event on stderr, if any. */
export function errorIn({ stderr }: Ended): { code: string; class: string; message: string; hint: string } | undefined {
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .find(({ type }) => type === "error");
}
