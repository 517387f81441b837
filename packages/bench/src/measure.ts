/** Runs a command line and measures wall time, and CPU time and peak memory of each process. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export interface Cost {
  wallSeconds: number;
  /** By program file, for example `tap-csv.js`. */
  processes: Record<string, { cpuSeconds: number; peakMb: number }>;
}

/** A JavaScript file and its arguments; for any other command, only the wall time is measured. Several are joined by pipes, as in a shell. */
export type Program = readonly [file: string, ...args: string[]];

const probe = fileURLToPath(new URL("programs/report-usage.js", import.meta.url));

/** @throws when the exit code of a program is not 0 */
export async function measure(programs: readonly Program[], cwd: string, env: Record<string, string> = {}): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const usage = join(folder, "usage");
  try {
    const line = programs
      .map((program) =>
        (program[0].endsWith(".js") ? [process.execPath, "--import", pathToFileURL(probe).href, ...program] : program).map(quote).join(" "),
      )
      .join(" | ");
    const started = performance.now();
    await run(`set -o pipefail; ${line} > ${programs.length === 1 ? "/dev/null" : quote(join(folder, "out"))}`, cwd, {
      ...env,
      BENCH_USAGE: usage,
    });
    const wallSeconds = (performance.now() - started) / 1000;
    const lines = (existsSync(usage) ? readFileSync(usage, "utf8") : "")
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((text) => JSON.parse(text));
    return { wallSeconds, processes: Object.fromEntries(lines.map(({ program, ...cost }) => [program, cost])) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(line: string, cwd: string, env: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", line], { cwd, stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } });
    let errors = "";
    child.stderr.on("data", (data) => {
      errors = (errors + data).slice(-4000);
    });
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}: ${line}\n${errors}`))));
  });
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
