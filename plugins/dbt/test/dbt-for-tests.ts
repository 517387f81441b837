/** dbt for tests: one Python environment for all of them, in `.cache` at the root, made by the first test that needs it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** DuckDB has the version of target-duckdb, because they share a file. Versions are fixed, so that a failing test means a change here. */
const requirements = ["dbt-core==1.11.16", "dbt-duckdb==1.11.1", "dbt-postgres==1.11.0", "duckdb==1.5.5"];
const cache = fileURLToPath(new URL("../../../.cache", import.meta.url));
const patienceMs = 600_000;

/** The path of its `dbt`. Takes a minute or two the first time. Throws where python3 or pip fail. */
export async function dbtForTests(): Promise<string> {
  const folder = join(cache, "dbt");
  const marker = join(folder, "tapline-requirements.txt");
  const wanted = requirements.join("\n");
  const isMade = (): boolean => existsSync(marker) && readFileSync(marker, "utf8") === wanted;
  mkdirSync(cache, { recursive: true });
  // Test files run in separate processes, so another one may be making it.
  const lock = `${folder}.lock`;
  for (const startedAt = Date.now(); !isMade() && !take(lock); ) {
    if (Date.now() - startedAt > patienceMs) throw new Error(`${lock} is held by another test for too long; remove it when none runs`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  if (isMade()) return join(folder, "bin/dbt");
  try {
    rmSync(folder, { recursive: true, force: true });
    call("python3", "-m", "venv", folder);
    // uv takes a quarter of the two minutes that pip takes.
    call(join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "uv==0.9.11");
    call(join(folder, "bin/uv"), "pip", "install", "--quiet", "--python", join(folder, "bin/python"), ...requirements);
    // Last, so that an interrupted install is repeated.
    writeFileSync(marker, wanted);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
  return join(folder, "bin/dbt");
}

/** Takes over the lock of a killed process when it is too old. */
function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  try {
    if (Date.now() - statSync(lock).mtimeMs > patienceMs / 2) rmSync(lock, { recursive: true, force: true });
  } catch {
    // The other process released it: the next try takes it.
  }
  return false;
}

function call(program: string, ...args: string[]): void {
  try {
    execFileSync(program, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    const missing = `${program} is missing; tests with dbt need Python 3 with venv and pip (Debian: apt-get install python3-venv)`;
    throw new Error(code === "ENOENT" ? missing : `${program} ${args.join(" ")} failed: ${(stderr || message).trim().slice(-2000)}`);
  }
}
