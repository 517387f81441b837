/** Singer plugins from PyPI, each in its own virtual environment below `.cache/venv`, because their dependencies conflict. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.ts";

/** What is installed where; versions are fixed, so that a red test means us. */
const environments = {
  "singer-python": ["singer-python==6.8.0"],
  "target-jsonl": ["target-jsonl==0.1.4"],
  openpyxl: ["openpyxl==3.1.5", "xlsxwriter==3.3.1"],
  mapper: ["meltano-map-transform==0.12.3"],
  "target-csv": ["meltanolabs-target-csv==0.5.0"],
  "tap-postgres": ["meltanolabs-tap-postgres==0.10.0"],
  "target-postgres": ["pipelinewise-target-postgres==2.1.2"],
};

/** The path of a program in that environment, which is created where it is missing or outdated. @throws Error where python3 or pip fails */
export function pythonProgram(environment: keyof typeof environments, program: string): string {
  const folder = join(root, ".cache/venv", environment);
  const marker = join(folder, "tapline-requirements.txt");
  const wanted = environments[environment].join("\n");
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(root, ".cache/venv"), { recursive: true });
    call("python3", "-m", "venv", folder);
    call(join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", ...environments[environment]);
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
