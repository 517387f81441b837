/** Starts the real `tapline` in a project folder, with plugins that are real processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export interface Answer {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

export interface Started {
  child: ChildProcess;
  answer: Promise<Answer>;
}

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tapline-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A project with the runner's test plugins. `tapEnv` may make a stranger of the tap, which no control pipe reaches. */
export function makeProject(tap: object = {}, target: object = {}, tapEnv: Record<string, string> = {}): string {
  const folder = makeFolder();
  const executable = (name: string): string => fileURLToPath(new URL(`../../runner/test/fixtures/${name}.mjs`, import.meta.url));
  const signalsFile = join(folder, "signals.txt");
  const plugins = {
    "tap-test": { executable: executable("tap"), env: tapEnv, config: { signals_file: signalsFile, ...tap } },
    "target-test": {
      executable: executable("target"),
      config: { output: join(folder, "loaded.txt"), signals_file: signalsFile, ...target },
    },
  };
  writeFileSync(join(folder, "tapline.yml"), JSON.stringify({ plugins, jobs: { pipe: ["tap-test target-test"] } }));
  return folder;
}

export function start(folder: string, args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): Started {
  const bin = fileURLToPath(new URL("../bin/tapline.js", import.meta.url));
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.end(input);
  const ended = new Promise<Pick<Answer, "code" | "signal">>((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
  const answer = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(([how, out, err]) => ({ ...how, out, err }));
  return { child, answer };
}

export function tapline(folder: string, args: readonly string[], input?: string): Promise<Answer> {
  return start(folder, args, input).answer;
}

export function linesOf(folder: string, file: string): string[] {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

export function runFolders(folder: string): string[] {
  const path = join(folder, ".tapline", "running");
  return existsSync(path) ? readdirSync(path) : [];
}

export async function until(isTrue: () => boolean, what: string, patienceMs = 40_000): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
