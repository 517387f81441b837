/** Programs from PyPI for tests, each in its own virtual environment, because their dependencies conflict. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The path of a program in the environment at `folder`, which is created where it is missing or has other requirements.
 * @throws Error where python3 or pip fails
 */
export function pythonProgram(folder: string, requirements: readonly string[], program: string): string {
  const marker = join(folder, "tapline-requirements.txt");
  const wanted = requirements.join("\n");
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    call("python3", "-m", "venv", folder);
    call(join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", ...requirements);
    // Written last, so that an interrupted install is repeated.
    writeFileSync(marker, wanted);
  }
  return join(folder, "bin", program);
}

function call(program: string, ...args: string[]): void {
  try {
    execFileSync(program, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    const missing =
      code === "ENOENT"
        ? `${program} is missing; this test needs Python 3 with venv and pip (Debian: apt-get install python3-venv)`
        : undefined;
    throw new Error(missing ?? `${program} ${args.join(" ")} failed: ${(stderr || message).trim().slice(-2000)}`);
  }
}
