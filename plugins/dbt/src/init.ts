/** Makes a new dbt project. dbt's `init` would ask questions and write a profile with passwords into the home folder. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Report } from "@tapline/sdk";

/** Existing files are not changed. */
export function initProject(projectDir: string, report: Pick<Report, "log">): void {
  const files = {
    "dbt_project.yml": projectFile(nameOf(projectDir)),
    ".gitignore": "target/\nlogs/\ndbt_packages/\n",
    "models/.gitkeep": "",
    "snapshots/.gitkeep": "",
  };
  const missing = Object.entries(files).filter(([name]) => !existsSync(join(projectDir, name)));
  if (missing.length === 0) report.log("info", `${projectDir} is already a dbt project; nothing was changed`);
  for (const [name, text] of missing) {
    const path = join(projectDir, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    report.log("info", `created ${path}`);
  }
}

/** Letters, digits and underscores. */
function nameOf(folder: string): string {
  const name = basename(folder).replaceAll(/\W/g, "_");
  return /^[A-Za-z_]/.test(name) ? name : `project_${name}`;
}

const projectFile = (name: string): string => `name: ${name}
version: "1.0.0"
# tapline makes this profile from the target's settings for each run.
profile: tapline
flags:
  send_anonymous_usage_stats: false
`;
