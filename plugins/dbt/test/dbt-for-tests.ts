/** dbt for tests: one Python environment for all of them, below `.cache` at the root, made by the first that asks. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The DuckDB is the one of target-duckdb: they share a file. Fixed, so that a red test means us. */
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
  // Test files run in processes of their own, so one may be making it while another asks.
  const lock = `${folder}.lock`;
  for (const startedAt = Date.now(); !isMade() && !take(lock); ) {
    if (Date.now() - startedAt > patienceMs) throw new Error(`${lock} is held by another test for too long; remove it when none runs`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  if (isMade()) return join(folder, "bin/dbt");
  try {
    rmSync(folder, { recursive: true, force: true });
    call("python3", "-m", "venv", folder);
    // Of the two minutes that pip takes for all of them, uv (one package) takes a quarter.
    call(join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "uv==0.9.11");
    call(join(folder, "bin/uv"), "pip", "install", "--quiet", "--python", join(folder, "bin/python"), ...requirements);
    // Last, so that an install that was cut is made anew.
    writeFileSync(marker, wanted);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
  return join(folder, "bin/dbt");
}

/** A lock of a process that was killed is taken over once it is too old. */
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
    // Whoever held it has let go: the next try takes it.
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
